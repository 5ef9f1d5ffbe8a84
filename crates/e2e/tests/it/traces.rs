//! One trace from the guest's click to the mail and the door: HTTP → outbox → NATS → consumer.

use anyhow::Result;
use devstack::{Service, Stack, StackOptions, StaffRole};
use e2e::{
    desk::{Desk, Night},
    guest::Guest,
    wait::{PATIENCE, until},
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

type Exports = Arc<Mutex<Vec<Vec<u8>>>>;

/// A collector that takes what is exported over OTLP/HTTP and keeps the bodies.
async fn collector() -> Result<(String, Exports)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (url, exports) = (format!("http://{}", listener.local_addr()?), Exports::default());
    let kept = Arc::clone(&exports);
    tokio::spawn(async move {
        while let Ok((peer, _)) = listener.accept().await {
            tokio::spawn(take(peer, Arc::clone(&kept)));
        }
    });
    Ok((url, exports))
}

async fn take(mut peer: TcpStream, exports: Exports) -> Result<()> {
    let mut read = Vec::new();
    loop {
        let mut chunk = [0; 16 * 1024];
        let count = peer.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        read.extend_from_slice(&chunk[..count]);
        while let Some((body, used)) = whole_request(&read) {
            exports.lock().expect("no test panics in here").push(body);
            read.drain(..used);
            peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
        }
    }
}

/// The body of the first request if it has arrived whole, and how many bytes it took.
fn whole_request(read: &[u8]) -> Option<(Vec<u8>, usize)> {
    let head = read.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
    let length: usize = text.split("content-length:").nth(1)?.split_whitespace().next()?.parse().ok()?;
    (read.len() >= head + length).then(|| (read[head..head + length].to_vec(), head + length))
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_runs_from_the_checkout_to_the_desk_and_the_door() -> Result<()> {
    let (collector, exports) = collector().await?;
    let options = StackOptions::default()
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        .with("OTEL_TRACES_SAMPLER_ARG", 1);
    let stack = Stack::start(options).await?;
    let night = Night { price: 0, ..Night::open_now() };
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&stack)?;
    let event = guest.event(&night.slug).await;
    let trace = Uuid::new_v4();
    let body = json!({
        "event": event["id"],
        "items": [{"ticket_type": event["ticket_types"][0]["id"], "quantity": 1}],
        "buyer": {"name": "Ana Guest", "email": guest.email},
    });
    let order = stack
        .client()?
        .post(format!("{}/api/v1/checkouts", stack.direct(Service::Purchase)))
        .header("idempotency-key", trace.to_string())
        .header("traceparent", format!("00-{}-00f067aa0ba902b7-01", trace.simple()))
        .json(&body);
    order.send().await?.error_for_status()?;
    for service in ["purchase", "marketing-admin", "scanner"] {
        until(&format!("{service} exports a span of the guest's trace"), PATIENCE, || async {
            let exports = exports.lock().expect("no test panics in here");
            let found =
                |body: &Vec<u8>| contains(body, trace.as_bytes()) && contains(body, service.as_bytes());
            exports.iter().any(found).then_some(())
        })
        .await;
    }
    Ok(())
}
