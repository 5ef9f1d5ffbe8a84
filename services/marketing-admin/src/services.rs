//! The three services, as the desk asks them on behalf of its staff: itself in its own schema, the others over their
//! internal listeners.

use std::str::FromStr;
use std::time::Duration;

use audit::trail::{self, Trail, Wish};
use heal::letters::{self, Asked, Letters, Which};
use heal::overdue::Overdue;
use reqwest::{Method, StatusCode};
use web::{Fault, Peer, peer};

use crate::staff::Member;
use crate::{Desk, overdue};

/// Somebody waits for the page: a service that takes longer is said to be away.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Pages of a file are larger than what somebody waits for on a page.
const LONG: Duration = Duration::from_secs(20);

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The club's site and the desk: this one.
    MarketingAdmin,
    /// The ticket site.
    Purchase,
    /// The door.
    Scanner,
}

/// It does not answer, or not what was asked. Why stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away;

impl Service {
    /// In the order in which pages name them.
    pub const ALL: [Self; 3] = [Self::MarketingAdmin, Self::Purchase, Self::Scanner];

    /// Its name, in addresses and keys of texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MarketingAdmin => "marketing-admin",
            Self::Purchase => "purchase",
            Self::Scanner => "scanner",
        }
    }

    /// None for ourselves.
    fn peer(self, desk: &Desk) -> Option<&Peer> {
        match self {
            Self::MarketingAdmin => None,
            Self::Purchase => Some(&desk.purchase),
            Self::Scanner => Some(&desk.scanner),
        }
    }

    /// What is dead there.
    pub async fn letters(self, desk: &Desk) -> Result<Letters, Away> {
        match self.peer(desk) {
            None => letters::read(&desk.db).await.map_err(|error| self.away(&error)),
            Some(peer) => {
                let call = peer.call(Method::GET, "/internal/v1/dead-letters");
                peer::answer(call).await.map_err(|error| self.away(&error))
            }
        }
    }

    /// What its audit log says.
    pub async fn trail(self, desk: &Desk, wish: &Wish) -> Result<Trail, Away> {
        match self.peer(desk) {
            None => {
                let mut conn = desk.db.conn().await.map_err(|error| self.away(&error))?;
                trail::read(&mut conn, wish).await.map_err(|error| self.away(&error))
            }
            Some(peer) => {
                let patience = wish.most.map_or(PATIENCE, |_| LONG);
                let call = peer.call(Method::GET, "/internal/v1/audit").query(wish);
                peer::answer(call.timeout(patience)).await.map_err(|error| self.away(&error))
            }
        }
    }

    /// What is overdue there.
    pub async fn overdue(self, desk: &Desk) -> Result<Vec<Overdue>, Away> {
        match self.peer(desk) {
            None => {
                let found = heal::overdue::read(&desk.db, overdue::WATCHED, desk.clock.now()).await;
                found.map_err(|error| self.away(&error))
            }
            Some(peer) => {
                let call = peer.call(Method::GET, "/internal/v1/overdue");
                peer::answer(call).await.map_err(|error| self.away(&error))
            }
        }
    }

    /// Has letters tried again there, for a member of staff: the service's audit log names them.
    pub async fn try_again<P>(self, desk: &Desk, member: &Member<P>, which: Which) -> Result<Asked, Away> {
        let Some(peer) = self.peer(desk) else {
            let done = letters::try_again(&desk.db, &member.actor(), which, desk.clock.now()).await;
            return done.map_err(|error| self.away(&error));
        };
        let path = match which {
            Which::One(letter) => format!("/internal/v1/dead-letters/{letter}/replay"),
            Which::All => "/internal/v1/dead-letters/replay".to_owned(),
        };
        match peer::answer(peer.call_for(member.id, member.request(), Method::POST, &path)).await {
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(Asked { asked: 0 }),
            answer => answer.map_err(|error| self.away(&error)),
        }
    }

    fn away(self, error: &dyn std::fmt::Debug) -> Away {
        tracing::warn!(service = self.name(), ?error, "a service could not be asked for the desk");
        Away
    }
}

impl FromStr for Service {
    type Err = Fault;

    /// 404 for any other name.
    fn from_str(name: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|service| service.name() == name).ok_or_else(Fault::not_found)
    }
}
