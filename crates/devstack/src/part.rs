//! One child process: started in a group of its own, logging to a file, stopped for certain.
//!
//! A part must not outlive whoever started it, also when that one is killed without a chance to clean up: the kernel
//! is asked (`setpriv --pdeathsig`) to pass the news on. It counts the death of the *thread* that forked, so
//! all parts are forked by one thread that lives as long as the process.

use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::{Error, Result};

type Order = (Command, Sender<std::io::Result<Child>>);

static FORKER: LazyLock<Mutex<Sender<Order>>> = LazyLock::new(|| {
    let (orders, inbox) = channel::<Order>();
    std::thread::spawn(move || {
        for (mut command, reply) in inbox {
            // The asker may be gone; then the child is dropped here, which is as good as never started.
            let _ = reply.send(command.spawn());
        }
    });
    Mutex::new(orders)
});

/// The signals we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Please end in an orderly way.
    Term,
    /// PostgreSQL's "fast shutdown": end without waiting for clients.
    Int,
    /// PostgreSQL's "immediate shutdown": end without tidying up; the next start recovers.
    Quit,
    /// End now, as a power cut would.
    Kill,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Int => "INT",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// A running child process.
#[derive(Debug)]
pub struct Part {
    name: String,
    child: Child,
    log: PathBuf,
    farewell: Signal,
}

impl Part {
    /// Starts `command` under `name`, its output going to the end of `log`. `farewell` is the signal that asks it to stop.
    pub fn start(name: &str, command: &Command, log: &Path, farewell: Signal) -> Result<Self> {
        let out = open_log(log)?;
        let err = out.try_clone().map_err(|e| Error::io("open a log twice", e))?;
        let mut tied = tie_to_us(command, farewell);
        tied.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        let child = fork(tied).map_err(|e| Error::io(&format!("start {name}"), e))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_path_buf(), farewell })
    }

    /// The name it was started under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `Some` once it has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The error that tells of its unexpected end.
    pub fn died(&self, status: ExitStatus) -> Error {
        Error::Died {
            part: self.name.clone(),
            how: format!("stopped by itself ({status})"),
            log: tail(&self.log),
        }
    }

    /// The error that tells that it did not become ready in time.
    pub fn late(&self, waited: Duration) -> Error {
        let how = format!("was not ready after {} s", waited.as_secs());
        Error::Died { part: self.name.clone(), how, log: tail(&self.log) }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        // The shell's own `kill`: there on every machine, and no unsafe code for a system call.
        let pid = self.pid().to_string();
        let _ = Command::new("sh")
            .args(["-c", "kill -s \"$1\" \"$2\" 2>/dev/null", "sh", signal.name(), &pid])
            .status();
    }

    /// Asks it to end, waits for up to `patience`, then insists.
    pub fn stop(&mut self, patience: Duration) {
        if self.ended().is_some() {
            return;
        }
        self.signal(self.farewell);
        let deadline = Instant::now() + patience;
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
    }

    /// Ends it at once, as a power cut would, and waits until it is gone.
    pub fn kill(&mut self) {
        if self.ended().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.stop(Duration::from_secs(5));
    }
}

/// The same command, told by the kernel when we die.
fn tie_to_us(command: &Command, farewell: Signal) -> Command {
    let mut tied = Command::new("setpriv");
    tied.args(["--pdeathsig", farewell.name(), "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        tied.current_dir(folder);
    }
    tied
}

fn fork(command: Command) -> std::io::Result<Child> {
    let (reply, answer) = channel();
    let gone = || std::io::Error::other("the thread that starts parts is gone");
    FORKER.lock().unwrap_or_else(PoisonError::into_inner).send((command, reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

fn open_log(log: &Path) -> Result<File> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(&format!("create {}", folder.display()), e))?;
    }
    let opened = OpenOptions::new().create(true).append(true).open(log);
    opened.map_err(|e| Error::io(&format!("write {}", log.display()), e))
}

/// The last lines of a log.
pub fn tail(log: &Path) -> String {
    let text =
        std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
