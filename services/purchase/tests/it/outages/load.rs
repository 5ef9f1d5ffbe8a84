//! Guests who buy while something is away, and what they were told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use uuid::Uuid;

use crate::stage::{Stage, pause};

/// What was answered.
#[derive(Debug, Default)]
pub struct Log {
    /// Keys and references of orders that the service said it has.
    acked: Mutex<Vec<(String, String)>>,
    /// How often it said "try again".
    refused: AtomicUsize,
    /// Answers that nobody should get.
    strange: Mutex<Vec<String>>,
    over: AtomicBool,
}

impl Log {
    pub fn acked(&self) -> usize {
        self.acked.lock().expect("no panic").len()
    }

    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Guests go home after their next answer.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Nobody was told anything but "yes" and "try again", and every "yes" is there: with that key, once.
    pub async fn holds(&self, stage: &Stage) {
        assert_eq!(*self.strange.lock().expect("no panic"), Vec::<String>::new());
        let rows: Vec<String> = {
            let acked = self.acked.lock().expect("no panic");
            acked.iter().map(|(key, reference)| format!("('api:{key}', '{reference}')")).collect()
        };
        let kept = format!(
            "SELECT count(*) FROM checkout_requests r JOIN orders o ON o.id = r.order_id
             WHERE (r.key, o.reference) IN (VALUES {})",
            rows.join(", ")
        );
        assert_eq!(stage.count(&kept).await, rows.len() as i64, "what was promised is there");
    }
}

/// So many guests, each with a new order as soon as the last is placed, until the log is ended.
pub async fn guests(stage: &Stage, log: &Log, many: usize) {
    futures::future::join_all((0..many).map(|_| guest(stage, log))).await;
}

async fn guest(stage: &Stage, log: &Log) {
    while !log.is_over() {
        buy(stage, log, &Uuid::now_v7().to_string()).await;
    }
}

/// One order, asked for with the same key until there is an answer, as a good client does.
pub async fn buy(stage: &Stage, log: &Log, key: &str) {
    let wish = stage.wish(0, 1);
    loop {
        let post = stage.http.post(stage.url("/api/v1/checkouts")).header("idempotency-key", key).json(&wish);
        let answer = post.send().await.expect("an answer: the service itself is there");
        let (status, again) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let body: Value = answer.json().await.unwrap_or_default();
        match (status, body["code"].as_str()) {
            (201, _) => {
                let reference = body["order"]["reference"].as_str().expect("a reference").to_owned();
                log.acked.lock().expect("no panic").push((key.to_owned(), reference));
                return;
            }
            (503, _) if again => {
                log.refused.fetch_add(1, Ordering::Relaxed);
                if log.is_over() {
                    return;
                }
            }
            // The order stands, and a call that died is still opening its payment page for a while: no promise yet.
            (409, Some("request_in_progress" | "sold_out")) => return,
            _ => {
                log.strange.lock().expect("no panic").push(format!("{status} {body}"));
                return;
            }
        }
        pause().await;
    }
}

/// Waits until a count has risen by so much.
pub async fn rises(what: &str, by: usize, count: impl Fn() -> usize) {
    let before = count();
    for _ in 0..3000 {
        if count() >= before + by {
            return;
        }
        pause().await;
    }
    panic!("{what}: {} has not become {}", count(), before + by);
}
