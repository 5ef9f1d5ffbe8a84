//! A pass is handed out: from then on its wallet is told what changes.

use db::DbError;
use domain::language::Language;

use super::face::{Face, version};
use super::store::{self, NewPass};
use crate::Shop;
use crate::orders::view::{Code, OrderView, TicketView};

/// A phone's wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wallet {
    Apple,
    Google,
}

impl Wallet {
    /// As it is stored, and called among the metrics.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Apple => "apple",
            Self::Google => "google",
        }
    }
}

/// Notes what is handed out. A pass that was handed out before stays as it was noted: what changed since is told to all who have it.
pub(crate) async fn keep(
    shop: &Shop,
    order: &OrderView,
    ticket: &TicketView,
    wallet: Wallet,
    language: Language,
) -> Result<(), DbError> {
    let face = Face {
        state: &ticket.state,
        holder: &ticket.holder,
        type_name: &ticket.type_name,
        times: (ticket.lets_in_from, ticket.lets_in_until),
        moves: ticket.code == Some(Code::Moving),
    };
    let pass = NewPass {
        ticket: ticket.id,
        wallet,
        event: order.event.id,
        language,
        ticket_revision: ticket.revision,
        event_revision: order.event.revision,
        face: face.hash(&order.event),
        made_at: version(shop.clock.now()),
    };
    store::insert(&mut *shop.db.conn().await?, &pass).await
}
