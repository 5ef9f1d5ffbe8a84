//! Requests whose end two servers could see in different places, written byte by byte, at the gateway and at a service itself.
//! Behind each stands a second request, and behind that a third which ends the connection. Whoever takes the hidden second
//! one for a request of its own answers once too often.

use super::*;
use e2e::wait::PATIENCE;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const HOST: &str = "Host: tickets.maguey.localhost\r\n";

/// What is hidden in the first request's body, or behind its end.
fn hidden() -> String {
    format!("GET /api/v1/events/hidden HTTP/1.1\r\n{HOST}\r\n")
}

fn post(headers: &str) -> String {
    format!("POST /api/v1/quotes HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n{headers}\r\n")
}

/// Sends the bytes, then a request that ends the connection; gives the statuses of all answers that come before it closes.
pub(super) async fn answers(to: SocketAddr, bytes: &str) -> Result<Vec<u16>> {
    let mut wire = TcpStream::connect(to).await?;
    let last = format!("GET /api/v1/events/last HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n");
    // It may be refused and closed before all of it is written.
    let _ = wire.write_all(format!("{bytes}{last}").as_bytes()).await;
    let mut heard = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, async {
        let mut part = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = wire.read(&mut part).await {
            heard.extend_from_slice(&part[..read]);
        }
    });
    anyhow::ensure!(closed.await.is_ok(), "the connection stays open: {:?}", String::from_utf8_lossy(&heard));
    let text = String::from_utf8_lossy(&heard);
    let status = |rest: &str| rest.get(..3).and_then(|digits| digits.parse().ok());
    Ok(text.split("HTTP/1.1 ").skip(1).filter_map(status).collect())
}

/// One request that says its length in two ways, or in none: refused, and the connection is closed. By name, as it is sent.
fn ambiguous() -> Vec<(&'static str, String)> {
    let hidden = hidden();
    let (length, with_end) = (hidden.len(), hidden.len() + 5);
    let both = format!("Content-Length: {with_end}\r\nTransfer-Encoding: chunked\r\n");
    let chunk = format!("{length:x}\r\n{hidden}\r\n0\r\n\r\n");
    let end = format!("0\r\n\r\n{hidden}");
    let lf = |text: String| text.replace("\r\n", "\n");
    vec![
        ("length and chunks", post(&both) + &*end),
        ("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + &*chunk),
        ("two lengths", post(&format!("Content-Length: 0\r\nContent-Length: {length}\r\n")) + &*hidden),
        ("a list of lengths", post(&format!("Content-Length: 0, {length}\r\n")) + &*hidden),
        ("a length with a sign", post("Content-Length: +0\r\n") + &*hidden),
        ("a negative length", post("Content-Length: -1\r\n") + &*hidden),
        ("a coding nobody knows", post("Transfer-Encoding: xchunked\r\n") + &*end),
        ("two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + &*end),
        ("a list of codings", post("Transfer-Encoding: identity, chunked\r\n") + &*end),
        ("a space before the colon", post("Transfer-Encoding : chunked\r\n") + &*end),
        ("a tab before the coding", post("Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n") + &*end),
        ("a control character", post("Transfer-Encoding: \u{b}chunked\r\n") + &*end),
        ("bare line feeds, both", lf(post(&both)) + &*end),
        (
            "bare line feeds, two lengths",
            lf(post(&format!("Content-Length: 0\r\nContent-Length: {length}\r\n"))) + &*hidden,
        ),
        (
            "a line feed in a value",
            post(&format!("X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: {with_end}\r\n")) + &*end,
        ),
        (
            "a folded coding",
            post(&format!("Transfer-Encoding:\r\n chunked\r\nContent-Length: {with_end}\r\n")) + &*end,
        ),
        ("a NUL", post("X-A: a\0b\r\nContent-Length: 0\r\n") + &*hidden),
        ("no host", format!("GET /api/v1/events HTTP/1.1\r\n\r\n{hidden}")),
        ("a space in the target", format!("GET /api/v1 /events HTTP/1.1\r\n{HOST}\r\n{hidden}")),
        (
            "chunks in HTTP/1.0",
            post("Transfer-Encoding: chunked\r\n").replace("HTTP/1.1", "HTTP/1.0") + &*end,
        ),
    ]
}

/// Only the gateway is asked these: it stands where strangers are.
fn ambiguous_at_the_gateway() -> Vec<(&'static str, String)> {
    let (hidden, chunked) = (hidden(), post("Transfer-Encoding: chunked\r\n"));
    vec![
        ("a length by another name", post("Content_Length: 5\r\nContent-Length: 0\r\n") + &*hidden),
        ("a line feed in a chunk's size", format!("{chunked}1;a\nb\r\nx\r\n0\r\n\r\n{hidden}")),
        ("a negative chunk", format!("{chunked}-1\r\n\r\n{hidden}")),
        ("a chunk without end", format!("{chunked}fffffffffffffffff\r\n\r\n{hidden}")),
    ]
}

/// What looks like a second length or coding and is none: the hidden request is body, whoever reads it.
fn swallowed() -> Vec<(&'static str, String)> {
    let hidden = hidden();
    let (length, with_end) = (hidden.len(), hidden.len() + 5);
    let end = format!("0\r\n\r\n{hidden}");
    vec![
        (
            "a coding in a folded line",
            post(&format!("X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: {with_end}\r\n")) + &*end,
        ),
        (
            "a length in a folded line",
            post(&format!("Content-Length: {length}\r\nX-A: b\r\n Content-Length: 0\r\n")) + &*hidden,
        ),
        (
            "a coding behind a carriage return",
            post(&format!("X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: {with_end}\r\n")) + &*end,
        ),
        (
            "a body where none is usual",
            format!("GET /api/v1/events HTTP/1.1\r\n{HOST}Content-Length: {length}\r\n\r\n{hidden}"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_hidden_in_another_is_never_answered() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let address = |url: &str| url.trim_start_matches("http://").parse::<SocketAddr>();
    let gateway = address(&stack.urls.gateway)?;
    let service = address(&stack.direct(Service::Purchase))?;
    for (place, to) in [("gateway", gateway), ("service", service)] {
        // The control: two requests that say where they end, and the last one, are three answers.
        let two = format!("GET /api/v1/events HTTP/1.1\r\n{HOST}\r\n{}", hidden());
        assert_eq!(answers(to, &two).await?, [200, 404, 404], "{place}");
        for (what, bytes) in ambiguous() {
            let heard = answers(to, &bytes).await?;
            assert!(matches!(heard[..], [400 | 426 | 501]), "{what} at the {place}: {heard:?}");
        }
        for (what, bytes) in swallowed() {
            let heard = answers(to, &bytes).await?;
            assert!(matches!(heard.len(), 1 | 2), "{what} at the {place}: {heard:?}");
        }
    }
    for (what, bytes) in ambiguous_at_the_gateway() {
        let heard = answers(gateway, &bytes).await?;
        assert!(matches!(heard[..], [400 | 501]), "{what}: {heard:?}");
    }
    Ok(())
}

/// A name twice, and a header twice: nobody guesses which one was meant.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_twice_is_not_chosen_from() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let (client, owner) = (stack.client()?, Desk::sign_in(&stack, StaffRole::Owner).await?);
    let order = format!("{}/api/v1/orders/ABCDEFGH", stack.urls.purchase);
    for query in ["?key=a&key=b", "?key=a&%6bey=b"] {
        let found = refusal(client.get(format!("{order}{query}"))).await?;
        assert_eq!(found, (400, "duplicate_parameter".to_owned()), "{query}");
    }
    let direct = stack.direct(Service::MarketingAdmin);
    for (site, code) in [(&stack.urls.marketing, None), (&direct, Some("duplicate_parameter"))] {
        let figures = client.get(format!("{site}/api/v1/figures"));
        // The gateway may make one line of two; what comes of it is no token.
        let (status, found) = refusal(figures.bearer_auth(owner.token()).bearer_auth("x.y.z")).await?;
        assert!(matches!(status, 400 | 401), "{site}: {status}");
        assert!(code.is_none_or(|code| code == found), "{site}: {found}");
    }
    Ok(())
}
