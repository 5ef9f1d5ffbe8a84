//! The whole of it, once per process: spans reach a collector, and stopping sends the last of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::Duration,
};

use telemetry::TelemetrySettings;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A collector that takes one request and tells what it was.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !complete(&request) {
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the exporter hung up");
            request.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        tell.send(request).unwrap();
    });
    (url, told)
}

fn complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
    request.len() >= end + 4 + length.trim().parse::<usize>().unwrap()
}

#[tokio::test]
async fn spans_are_exported_under_the_callers_trace() {
    let (url, told) = collector();
    let settings = TelemetrySettings { otlp_endpoint: Some(url), ..TelemetrySettings::default() };
    let running = telemetry::start("purchase", &settings);
    let span = tracing::info_span!("buy");
    telemetry::propagation::set_parent(&span, PARENT);
    let injected = span.in_scope(telemetry::propagation::inject).unwrap();
    assert!(
        injected.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && injected.ends_with("-01"),
        "{injected}"
    );
    assert_ne!(injected, PARENT, "a child has an id of its own");
    drop(span);
    running.shutdown();
    let request = told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(request.starts_with(b"POST /v1/traces HTTP/1.1\r\n"));
    let trace =
        [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36];
    let holds = |bytes: &[u8]| request.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(b"buy") && holds(b"purchase") && holds(&trace));
}
