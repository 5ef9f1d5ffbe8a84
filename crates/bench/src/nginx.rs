//! A private nginx with its own configuration and port, as the limit: the same bytes from a file.

use crate::wait::until;
use anyhow::{Context, Result};
use devstack::{
    part::{Part, Signal},
    ports, root,
};
use std::{net::SocketAddr, os::unix::fs::PermissionsExt, path::Path, process::Command};

/// A running nginx; stops and clears away when dropped.
#[derive(Debug)]
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    _part: Part,
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Serves `page` as `/page.html`.
    ///
    /// # Errors
    /// When nginx is not installed or does not start.
    pub async fn serve(page: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Its workers may run as another user than the one who starts it.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        std::fs::write(folder.path().join("page.html"), page)?;
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free()?));
        let conf = folder.path().join("nginx.conf");
        std::fs::write(&conf, configuration(folder.path(), address))?;
        let mut command = Command::new(program()?);
        command.arg("-c").arg(&conf).arg("-p").arg(folder.path()).args(["-e", "stderr"]);
        let part = Part::start("nginx", &command, &folder.path().join("nginx.log"), Signal::Term)?;
        until("nginx listens", || async { tokio::net::TcpStream::connect(address).await.ok() }).await?;
        Ok(Self { address, _part: part, _folder: folder })
    }
}

/// On the `PATH`, or where Debian keeps what administrators run.
fn program() -> Result<std::path::PathBuf> {
    let debian = Path::new("/usr/sbin/nginx");
    if debian.is_file() {
        Ok(debian.to_path_buf())
    } else {
        root::installed("nginx").context("package nginx-light")
    }
}

/// As lean as it gets: no log, no limit to a connection's requests.
fn configuration(folder: &Path, address: SocketAddr) -> String {
    let at = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\npid {at}/nginx.pid;\nworker_processes 2;\nevents {{ worker_connections 512; }}\nhttp {{\n\
         {temporary}access_log off;\nsendfile on;\ntcp_nopush on;\nopen_file_cache max=10;\n\
         keepalive_requests 10000000;\ntypes {{ text/html html; }}\n\
         server {{ listen {address}; root {at}; }}\n}}\n"
    )
}
