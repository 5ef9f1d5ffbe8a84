//! A nats-server of a test's own, with the users and rights that the services have.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;

/// The program to run.
const VARIABLE: &str = "MAGUEY_TEST_NATS_BIN";

pub struct Nats {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Nats {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        std::fs::write(folder.path().join("nats.conf"), config(port, folder.path())).unwrap();
        let mut nats = Self { folder, port, child: None };
        nats.resume().await;
        nats
    }

    pub fn url(&self, user: &str) -> String {
        format!("nats://{user}:secret@127.0.0.1:{}", self.port)
    }

    /// A bare connection, without what the bus adds.
    pub async fn client(&self, user: &str) -> async_nats::Client {
        async_nats::ConnectOptions::with_user_and_password(user.to_owned(), "secret".to_owned())
            .custom_inbox_prefix(format!("_INBOX_{user}"))
            .request_timeout(Some(Duration::from_secs(30)))
            .connect(format!("127.0.0.1:{}", self.port))
            .await
            .unwrap()
    }

    /// As after a power cut.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub async fn resume(&mut self) {
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new(binary())
            .arg("-c")
            .arg(self.folder.path().join("nats.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|e| panic!("the nats-server at {VARIABLE} does not start: {e}"));
        self.child = Some(child);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        while tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_err() {
            assert!(tokio::time::Instant::now() < deadline, "nats-server: {}", self.log());
            tokio::task::yield_now().await;
        }
        self.make_streams().await;
    }

    /// What the operator's upkeep does.
    pub async fn make_streams(&self) {
        let settings = bus::BusSettings::new(&self.url("admin"));
        let operator = bus::Bus::connect(&settings, "admin").await.unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        while let Err(error) = bus::streams::make(&operator).await {
            assert!(tokio::time::Instant::now() < deadline, "{error}: {}", self.log());
            tokio::task::yield_now().await;
        }
        operator.close().await;
    }

    /// The whole store is gone, as with a lost volume. The server must be dead.
    pub fn wipe(&self) {
        assert!(self.child.is_none(), "kill it first");
        std::fs::remove_dir_all(self.store()).unwrap();
    }

    /// From the next start on.
    pub fn allow_payloads(&self, size: &str) {
        let path = self.folder.path().join("nats.conf");
        let config = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, config.replace("max_payload: 256KB", &format!("max_payload: {size}"))).unwrap();
    }

    /// A copy of the store, to roll back to. The server must be dead.
    pub fn snapshot(&self) -> TempDir {
        assert!(self.child.is_none(), "kill it first");
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&self.store(), copy.path());
        copy
    }

    pub fn restore(&self, snapshot: &TempDir) {
        self.wipe();
        copy_folder(snapshot.path(), &self.store());
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port below those that the kernel gives to outgoing connections: nobody takes it while the server is dead.
fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    loop {
        let step = std::process::id().wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + step % 10_000).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

fn binary() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where their parts are by `make test` alone"
    )]
    std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!("{VARIABLE} is not set: it is the path of a nats-server 2.10 or newer. `make test` sets it.")
    })
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The rights that crates/bus/README.md lists, word for word.
fn config(port: u16, folder: &Path) -> String {
    let store = folder.join("store");
    format!(
        r#"
listen: "127.0.0.1:{port}"
max_payload: 256KB
jetstream {{ store_dir: "{}", max_memory_store: 16MB, max_file_store: 256MB }}
authorization {{ users: [
  {{user: admin, password: secret}}
  {{user: purchase, password: secret, permissions: {{
    publish: {{allow: ["order.>", "ticket.changed", "reservation.changed", "stock.>", "waitlist.>",
      "$JS.API.STREAM.INFO.SALES",
      "$JS.API.CONSUMER.CREATE.CLUB.purchase_event_changed.event.changed", "$JS.API.CONSUMER.INFO.CLUB.purchase_event_changed",
      "$JS.API.CONSUMER.MSG.NEXT.CLUB.purchase_event_changed", "$JS.ACK.CLUB.purchase_event_changed.>"]}},
    subscribe: {{allow: ["_INBOX_purchase.>"]}}}}}}
  {{user: scanner, password: secret, permissions: {{
    publish: {{allow: ["ticket.scanned", "reservation.checked_in", "door.>",
      "$JS.API.STREAM.INFO.DOOR",
      "$JS.API.CONSUMER.CREATE.SALES.scanner_ticket_changed.ticket.changed", "$JS.API.CONSUMER.INFO.SALES.scanner_ticket_changed",
      "$JS.API.CONSUMER.MSG.NEXT.SALES.scanner_ticket_changed", "$JS.ACK.SALES.scanner_ticket_changed.>"]}},
    subscribe: {{allow: ["_INBOX_scanner.>"]}}}}}}
] }}
"#,
        store.display()
    )
}
