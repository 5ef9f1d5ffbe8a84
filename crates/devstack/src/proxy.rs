//! A wire that can be cut: for tests, between a service and a server that it needs.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the wire does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Whatever is sent arrives at once.
    Open,
    /// Everything comes late.
    Slow(Duration),
    /// Nothing arrives and nobody says so: what is sent lies there until the wire does something else.
    Silent,
    /// Whatever stands breaks, and nothing new is made.
    Cut,
}

/// Carries connections to one server, as the wire lets it; ends with its owner.
pub struct Proxy {
    /// The server's URL, by way of the wire.
    pub url: String,
    wire: watch::Sender<Wire>,
    door: JoinHandle<()>,
}

impl Proxy {
    /// A wire to the server of a URL such as `postgres://user:password@127.0.0.1:5432/name` or `http://127.0.0.1:8080`.
    /// It is open at first.
    ///
    /// # Panics
    ///
    /// Without an address (numbers, and a port) in the URL, and without a free port.
    pub async fn before(url: &str) -> Self {
        let before = url.rfind('@').or_else(|| url.find("//").map(|at| at + 1)).expect("a server in the URL");
        let (start, rest) = url.split_at(before + 1);
        let end = rest.find('/').unwrap_or(rest.len());
        let server: SocketAddr = rest[..end].parse().expect("an address in the URL");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = listener.local_addr().expect("an address");
        let (wire, watched) = watch::channel(Wire::Open);
        let door = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, watched.clone()));
            }
        });
        Self { url: format!("{start}{here}{}", &rest[end..]), wire, door }
    }

    /// From now on the wire does this, on what stands as on what is made anew.
    pub fn is(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.door.abort();
    }
}

/// One connection, until an end hangs up or the wire is cut.
async fn carry(client: TcpStream, server: SocketAddr, wire: watch::Receiver<Wire>) {
    let both_ways = async {
        let Ok(server) = TcpStream::connect(server).await else { return };
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        tokio::join!(pump(from_client, to_server, wire.clone()), pump(from_server, to_client, wire.clone()));
    };
    tokio::select! {
        () = cut(wire.clone()) => {}
        () = both_ways => {}
    }
}

/// Comes back when the wire is cut, or its owner is gone.
async fn cut(mut wire: watch::Receiver<Wire>) {
    let _ = wire.wait_for(|wire| *wire == Wire::Cut).await;
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut wire: watch::Receiver<Wire>) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut bytes).await else { return };
        let now = *wire.borrow();
        if let Wire::Slow(by) = now {
            #[expect(clippy::disallowed_methods, reason = "the delay is what is tested")]
            tokio::time::sleep(by).await;
        }
        if now == Wire::Silent && wire.wait_for(|wire| *wire != Wire::Silent).await.is_err() {
            return;
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
