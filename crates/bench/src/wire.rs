//! A lean HTTP/1.1 client. The load shares the machine with what it loads, so it must cost next to nothing: requests are
//! ready-made bytes, connections are kept, and of an answer only status and body are looked at.

use anyhow::{Context, Result, bail, ensure};
use std::{
    fmt::Write,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the body holds `text`.
    pub fn says(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// The body for people.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Kept connections to one address. Make a new one for each run: servers close what lies idle.
#[derive(Debug)]
pub struct Wires {
    to: SocketAddr,
    idle: Mutex<Vec<TcpStream>>,
}

impl Wires {
    /// Connections to `to`, opened when first needed.
    pub fn to(to: SocketAddr) -> Self {
        Self { to, idle: Mutex::new(Vec::new()) }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When the server does not answer, or not in the way this client understands.
    pub async fn ask(&self, request: &[u8]) -> Result<Answer> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut stream = match kept {
            Some(stream) => stream,
            None => connect(self.to).await?,
        };
        stream.write_all(request).await?;
        let (answer, keep) = read(&mut stream).await?;
        if keep {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
        }
        Ok(answer)
    }
}

async fn connect(to: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(to).await.with_context(|| format!("connect to {to}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn read(stream: &mut TcpStream) -> Result<(Answer, bool)> {
    let mut bytes = Vec::with_capacity(16 * 1024);
    let head_ends = loop {
        ensure!(stream.read_buf(&mut bytes).await? > 0, "the server hung up");
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
    };
    let head = Head::read(&bytes[..head_ends])?;
    let whole = head_ends + 4 + head.length;
    while bytes.len() < whole {
        ensure!(stream.read_buf(&mut bytes).await? > 0, "the server hung up");
    }
    let body = bytes.split_off(head_ends + 4);
    Ok((Answer { status: head.status, body }, head.keep))
}

/// What matters of an answer's head.
struct Head {
    status: u16,
    length: usize,
    keep: bool,
}

impl Head {
    fn read(head: &[u8]) -> Result<Self> {
        let head = std::str::from_utf8(head)?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let (mut length, mut keep) = (None, true);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                bail!("an answer without a length ({value}) is not for this client");
            } else if name.eq_ignore_ascii_case("connection") {
                keep = !value.trim().eq_ignore_ascii_case("close");
            }
        }
        Ok(Self { status, length: length.unwrap_or(0), keep })
    }
}

/// A GET as bytes.
pub fn get(host: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n")
        .into_bytes()
}

/// A POST of JSON as bytes.
pub fn post(host: &str, path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let mut text = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
    for (name, value) in headers {
        // Writing into a String cannot fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = write!(text, "Content-Length: {}\r\n\r\n{body}", body.len());
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Wires, get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    #[tokio::test]
    async fn answers_are_read_whole_and_the_connection_is_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wires = Wires::to(listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            // One connection alone: a client that opened a second would wait for ever.
            let (mut stream, _) = listener.accept().await.unwrap();
            for part in ["HTTP/1.1 200 OK\r\nContent-", "Length: 5\r\n\r\nhe", "llo"] {
                let mut seen = [0; 512];
                if part.starts_with("HTTP") {
                    assert!(stream.read(&mut seen).await.unwrap() > 0);
                }
                stream.write_all(part.as_bytes()).await.unwrap();
                stream.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
            let mut seen = [0; 512];
            assert!(stream.read(&mut seen).await.unwrap() > 0);
            stream.write_all(b"HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        });
        let first = wires.ask(&get("x", "/")).await.unwrap();
        assert_eq!((first.status, first.says("hell"), first.says("heaven")), (200, true, false));
        assert_eq!(wires.ask(&get("x", "/")).await.unwrap().status, 409);
        server.await.unwrap();
    }
}
