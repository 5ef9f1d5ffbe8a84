//! `GET /admin/events/{event}/reservations/stream`: the board as it changes. One listener per process, any number of open boards; each
//! reads its own night anew, and only when something of that night has changed.

use std::time::Duration;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, Responder};
use db::{Db, Wake};
use domain::permission::Permission;
use futures::{StreamExt, stream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;
use ui::Shell;
use uuid::Uuid;
use web::can::ReservationsRun;
use web::sse::{self, Message};
use web::{Fault, Locale};

use super::board::{self, Asked, Viewer};
use super::store::CHANNEL;
use crate::Desk;
use crate::staff::Member;
use crate::staff::session::store as sessions;
use crate::views;

/// A change seldom comes alone: what comes within so long is shown at once.
const TOGETHER: Duration = Duration::from_millis(100);
/// Nights that a slow board may leave unheard; after more it looks for itself.
const UNHEARD: usize = 256;

/// On which nights something about a table has changed; `None`: it may be any. Clones share it.
#[derive(Debug, Clone)]
pub struct Boards {
    told: broadcast::Sender<Option<Uuid>>,
}

impl Default for Boards {
    fn default() -> Self {
        Self { told: broadcast::Sender::new(UNHEARD) }
    }
}

impl Boards {
    /// Passes on what any replica has heard, until told to stop.
    pub async fn run(self, db: Db, shutdown: CancellationToken) {
        let mut listener = db.listen(CHANNEL);
        loop {
            let wake = tokio::select! {
                () = shutdown.cancelled() => return,
                wake = listener.next() => wake,
            };
            let night = match wake {
                Wake::Notified(night) => night.parse().ok(),
                Wake::Connected => None,
            };
            if self.told.send(night).is_err() {
                tracing::trace!("no board is open");
            }
        }
    }
}

/// Waits for a change of this night; `None`: there will be none.
async fn changed(told: &mut broadcast::Receiver<Option<Uuid>>, night: Uuid) -> Option<()> {
    loop {
        match told.recv().await {
            Ok(Some(other)) if other != night => {}
            Ok(_) | Err(RecvError::Lagged(_)) => break,
            Err(RecvError::Closed) => return None,
        }
    }
    if tokio::time::timeout(TOGETHER, std::future::pending::<()>()).await.is_ok() {
        return None;
    }
    while told.try_recv().is_ok() {}
    Some(())
}

/// An open board.
struct Open {
    desk: Data<Desk>,
    event: Uuid,
    asked: Asked,
    shell: Shell,
    csrf: String,
    form_key: String,
    refunds: bool,
    /// What it shows.
    shown: String,
}

impl Open {
    async fn panel(&self) -> Result<String, Fault> {
        let seen = board::look(&self.desk, self.event).await?;
        let (csrf, form_key) = (self.csrf.as_str(), self.form_key.clone());
        let viewer = Viewer { shell: &self.shell, csrf, form_key, refunds: self.refunds };
        Ok(board::panel(&seen, &self.asked, None, viewer)?)
    }
}

/// The living part of the board as HTML, now and after each change (`event: board`), for as long as the session lives.
pub async fn stream(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<ReservationsRun>,
    event: Path<Uuid>,
    asked: Query<Asked>,
) -> Result<impl Responder, Fault> {
    // Subscribed before the first reading: a change in between comes after it, and none is missed.
    let told = desk.boards.told.subscribe();
    let over = sse::session_over(desk.clock.clone(), member.claims.clone(), {
        let desk = desk.clone();
        async move |claims| {
            sessions::is_live(&mut *desk.db.conn().await?, claims.sid.uuid(), desk.clock.now()).await
        }
    });
    let open = Open {
        shell: views::desk_shell(&desk, &request, locale, &member, views::Room::Events, ""),
        csrf: member.csrf_token().to_owned(),
        form_key: board::new_key(),
        refunds: member.may(Permission::RefundsMake),
        event: event.into_inner(),
        asked: asked.into_inner(),
        shown: String::new(),
        desk,
    };
    // No such night is a 404, and not a stream that says nothing.
    let first = open.panel().await?;
    let messages = stream::unfold((open, told, Some(first)), |(mut open, mut told, mut first)| async move {
        loop {
            let panel = match first.take() {
                Some(panel) => Ok(panel),
                None => {
                    changed(&mut told, open.event).await?;
                    open.panel().await
                }
            };
            match panel {
                Ok(panel) if panel != open.shown => {
                    open.shown.clone_from(&panel);
                    return Some((Message::text("board", panel), (open, told, None)));
                }
                Ok(_) => {}
                Err(fault) => tracing::warn!(code = fault.code(), "a board keeps what it shows for now"),
            }
        }
    });
    Ok(sse::stream(messages.boxed_local().take_until(Box::pin(over))))
}
