//! What goes wrong on a developer's machine, each as one sentence that says what to do.

use std::fmt;

/// The outcome of everything here.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a part did not start or did not stay.
#[derive(Debug)]
pub enum Error {
    /// A program or file that should be there is not.
    Missing(String),
    /// Somebody else holds the port.
    PortBusy {
        /// The port in question.
        port: u16,
        /// What we wanted it for.
        what: String,
    },
    /// A part ended by itself or did not become ready; carries the tail of its log.
    Died {
        /// The part's name.
        part: String,
        /// What happened to it.
        how: String,
        /// The last lines it logged.
        log: String,
    },
    /// The operating system refused something.
    Io(String),
    /// A part answered, but not what it should.
    Refused(String),
}

impl Error {
    /// An I/O error with what we were trying to do.
    pub fn io(doing: &str, error: std::io::Error) -> Self {
        Self::Io(format!("could not {doing}: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(sentence) | Self::Io(sentence) | Self::Refused(sentence) => f.write_str(sentence),
            Self::PortBusy { port, what } => {
                write!(
                    f,
                    "port {port}, needed for {what}, is taken by another program: stop it, then try again"
                )
            }
            Self::Died { part, how, log } if log.is_empty() => {
                write!(f, "{part} {how} without a word in its log")
            }
            Self::Died { part, how, log } => write!(f, "{part} {how}; the end of its log:\n{log}"),
        }
    }
}

impl std::error::Error for Error {}
