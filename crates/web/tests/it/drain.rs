//! Ready, serving, stopping: nothing that began is lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::StreamExt;
use tokio::net::TcpStream;
use web::Check;

use crate::site::{Site, broken};

/// Returns once nobody accepts connections there any more.
async fn closed(address: std::net::SocketAddr) {
    let wait = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), wait).await.unwrap();
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let site = Site::start_with(|app| app.check(Check::new("postgres", async || Ok::<(), &str>(())))).await;
    let ready = site.http.get(site.internal_url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    assert_eq!(ready.text().await.unwrap(), r#"{"status":"ready"}"#);
    let lame = || Check::degrading("nats", async || Err::<(), &str>("away"));
    let site = Site::start_with(|app| app.check(lame())).await;
    let ready = site.http.get(site.internal_url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200, "what it lives without does not take it out of service");
    let told: serde_json::Value = ready.json().await.unwrap();
    assert_eq!(told, serde_json::json!({"failing": ["nats"], "status": "degraded"}));
    let site = Site::start_with(|app| app.check(broken())).await;
    let ready = site.http.get(site.internal_url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let told: serde_json::Value = ready.json().await.unwrap();
    assert_eq!(told, serde_json::json!({"failing": ["nats"], "status": "not_ready"}));
    let alive = site.http.get(site.internal_url("/healthz")).send().await.unwrap();
    assert_eq!(alive.status(), 200, "a broken neighbour is no reason to be restarted");
}

#[tokio::test]
async fn a_running_request_finishes_and_then_the_tasks() {
    let site = Site::start().await;
    let task_saw_shutdown = Arc::new(AtomicBool::new(false));
    let (seen, shutdown) = (task_saw_shutdown.clone(), site.running.context.shutdown.clone());
    site.running.context.spawn(async move {
        shutdown.cancelled().await;
        seen.store(true, Ordering::SeqCst);
    });
    // A kept-alive connection without a request must not hold the stop up.
    assert_eq!(site.get("/").send().await.unwrap().status(), 200);
    let answer = tokio::spawn(site.get("/slow").send());
    site.handle.entered.notified().await;

    let address = site.running.public;
    let stop = tokio::spawn(site.running.stop());
    closed(address).await;
    assert!(!stop.is_finished() && !task_saw_shutdown.load(Ordering::SeqCst), "tasks outlive requests");
    site.handle.go.add_permits(1);
    let answer = answer.await.unwrap().unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, "done"));
    tokio::time::timeout(std::time::Duration::from_secs(60), stop).await.unwrap().unwrap();
    assert!(task_saw_shutdown.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_stream_stays_open_and_ends_with_the_service() {
    let site = Site::start().await;
    let stream = site.get("/stream").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["x-accel-buffering"], "no");
    let mut bytes = Box::pin(stream.bytes_stream());
    let mut seen = String::new();
    for count in 0..3 {
        // Other requests go on meanwhile, on the same worker.
        assert_eq!(site.get("/").send().await.unwrap().status(), 200);
        site.handle.go.add_permits(1);
        while !seen.contains(&format!("data: {count}\n")) {
            seen.push_str(std::str::from_utf8(&bytes.next().await.unwrap().unwrap()).unwrap());
        }
    }
    assert!(seen.starts_with("retry: 2000\n"), "{seen}");
    assert!(seen.contains("event: sold\n") && seen.contains("id: 2\n"), "{seen}");
    let stop = tokio::spawn(site.running.stop());
    while bytes.next().await.is_some_and(|chunk| chunk.is_ok()) {}
    tokio::time::timeout(std::time::Duration::from_secs(60), stop).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_busy_address_is_named() {
    let taken = Site::start().await;
    let mut settings = crate::site::settings();
    settings.listen = taken.running.public;
    let error = web::boot::start(web::App::new(settings, web::Context::default())).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("LISTEN={}", taken.running.public)), "{error}");
}
