//! A private PostgreSQL cluster: own folder, own port, nothing of the system's.
//!
//! PostgreSQL refuses to run as root, so root hands it to the account `postgres`, which keeps the one capability that
//! lets it pass through folders closed to others (a repository below `/root`, say).

use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::part::{Part, Signal};
use crate::{Error, Result, root, secret};

const READY: Duration = Duration::from_secs(60);

/// What a cluster promises about a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Commits are on disk: for `make run`.
    Kept,
    /// Nothing is waited for: for tests, which throw the cluster away.
    Thrown,
}

/// A running cluster.
#[derive(Debug)]
pub struct Postgres {
    part: Part,
    port: u16,
    password: String,
}

impl Postgres {
    /// Starts the cluster in `folder` on `port`, creating it first if it is not there. Returns when it accepts queries.
    pub fn start(folder: &Path, port: u16, durability: Durability) -> Result<Self> {
        let bin = root::postgres_bin()?;
        let data = folder.join("data");
        let password = if data.join("PG_VERSION").is_file() {
            read_password(folder)?
        } else {
            create(&bin, folder, &data)?
        };
        write_settings(&data, port, durability)?;
        let command = as_postgres(&bin.join("postgres"), &["-D".as_ref(), data.as_os_str()]);
        let log = folder.join("postgres.log");
        let mut part = Part::start("PostgreSQL", &command, &log, Signal::Int)?;
        wait_ready(&bin, port, &password, &mut part)?;
        Ok(Self { part, port, password })
    }

    /// The superuser's URL for `database`; the cluster starts with one named `postgres`.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://maguey:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Runs one statement as the superuser and returns its first column, one line per row.
    pub fn query(&self, database: &str, sql: &str) -> Result<String> {
        let psql = root::postgres_bin()?.join("psql");
        let run = Command::new(psql).args(["-XAtqc", sql, &self.url(database)]).output();
        let output = run.map_err(|e| Error::io("run psql", e))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(Error::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }

    /// The process, for whoever watches over it.
    pub fn part(&mut self) -> &mut Part {
        &mut self.part
    }
}

/// `initdb` with a random password for the superuser `maguey`.
fn create(bin: &Path, folder: &Path, data: &Path) -> Result<String> {
    secret::folder(folder)?;
    let password = secret::password()?;
    let file = folder.join("password");
    secret::file(&file, password.as_bytes())?;
    let _ = std::fs::remove_dir_all(data);
    secret::folder(data)?;
    give_to_postgres(folder)?;
    give_to_postgres(data)?;
    give_to_postgres(&file)?;
    let pwfile = format!("--pwfile={}", file.display());
    let fixed = [
        "-U",
        "maguey",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--no-sync",
    ];
    let mut command = as_postgres(&bin.join("initdb"), &["-D".as_ref(), data.as_os_str(), pwfile.as_ref()]);
    let output = command.args(fixed).stdin(Stdio::null()).output().map_err(|e| Error::io("run initdb", e))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Refused(format!("PostgreSQL could not create its cluster: {said}")));
    }
    let conf = data.join("postgresql.conf");
    let text = std::fs::read_to_string(&conf).map_err(|e| Error::io("read postgresql.conf", e))?;
    std::fs::write(&conf, text + "\ninclude_if_exists = 'maguey.conf'\n")
        .map_err(|e| Error::io("write postgresql.conf", e))?;
    Ok(password)
}

fn read_password(folder: &Path) -> Result<String> {
    std::fs::read_to_string(folder.join("password")).map_err(|e| Error::io("read the cluster's password", e))
}

/// The shared settings of `deploy/postgres`, then what only this machine knows.
fn write_settings(data: &Path, port: u16, durability: Durability) -> Result<()> {
    let shared = root::repository().join("deploy/postgres/maguey.conf");
    let shared =
        std::fs::read_to_string(&shared).map_err(|e| Error::io(&format!("read {}", shared.display()), e))?;
    let here = format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nmax_connections = 300\n"
    );
    let careless = match durability {
        Durability::Kept => "",
        Durability::Thrown => {
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n\
             max_wal_size = '1GB'\ncheckpoint_timeout = '30min'\njit = off\n"
        }
    };
    let file = data.join("maguey.conf");
    std::fs::write(&file, format!("{shared}\n{here}{careless}"))
        .map_err(|e| Error::io("write maguey.conf", e))?;
    give_to_postgres(&file)
}

/// The command, as `postgres` when we are root.
fn as_postgres(program: &Path, args: &[&std::ffi::OsStr]) -> Command {
    if !we_are_root() {
        let mut command = Command::new(program);
        command.args(args);
        return command;
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
    command.args(["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig", "INT", "--"]);
    command.arg(program).args(args);
    command
}

fn give_to_postgres(path: &Path) -> Result<()> {
    if !we_are_root() {
        return Ok(());
    }
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(|e| Error::io("read /etc/passwd", e))?;
    let mut fields = accounts
        .lines()
        .filter_map(|line| line.strip_prefix("postgres:"))
        .flat_map(|rest| rest.split(':').skip(1));
    let mut id = || fields.next().and_then(|field| field.parse().ok());
    let (uid, gid) = (id(), id());
    if uid.is_none() {
        return Err(Error::Missing(
            "the account `postgres` is missing: install the package postgresql".into(),
        ));
    }
    chown(path, uid, gid).map_err(|e| Error::io(&format!("give {} to postgres", path.display()), e))
}

fn we_are_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn wait_ready(bin: &Path, port: u16, password: &str, part: &mut Part) -> Result<()> {
    let deadline = Instant::now() + READY;
    let url = format!("postgres://maguey:{password}@127.0.0.1:{port}/postgres");
    let psql: PathBuf = bin.join("psql");
    while Instant::now() < deadline {
        if let Some(status) = part.ended() {
            return Err(part.died(status));
        }
        let asked = Command::new(&psql).args(["-XAtqc", "select 1", &url]).stderr(Stdio::null()).output();
        if asked.map_err(|e| Error::io("run psql", e))?.status.success() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    Err(part.late(READY))
}
