//! SQL of emails and their attempts; of how fast they leave in [`pace`].

mod add;
mod log;
pub mod pace;
mod queue;

use db::{Conn, DbError, Keep};
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

pub use add::{GIVE_UP_AFTER, NewEmail, add, add_again, copy};
pub use log::{GIVEN_UP, Logged, NOT_TAKEN, StateCount, clear, counts, log};
pub use queue::{Claimed, Fate, claim, hurry, next_due, settle};

/// Wakes the senders.
pub const CHANNEL: &str = "marketing_admin_emails";

/// What an email says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Here are your tickets.
    OrderPaid,
    /// Your money goes back.
    OrderRefunded,
    /// These are your tickets for coming nights.
    TicketsFound,
    /// Somebody passed a ticket on to you.
    TicketTransferred,
    /// Somebody shares a ticket with you.
    TicketShared,
    /// A night that you waited for is on sale.
    SaleOpened,
    /// The ticket that was passed on to you is good no more.
    TicketGone,
    /// A friend gave a ticket back to you.
    TicketHandedBack,
    /// You have a ticket no longer, and no money is in it.
    TicketLeft,
    /// You stand in line.
    WaitlistJoined,
    /// Places are held for you.
    WaitlistOffered,
    /// Your night has a new date.
    NewDate,
    /// Something about your table is otherwise.
    TableChanged,
    /// Your table is called off.
    TableCancelled,
    /// Your table was given away, for nobody had come.
    TableReleased,
    /// Your table waits for you tomorrow.
    TableReminder,
    /// A table that takes your party has come free.
    TableFreed,
    /// The club said yes: your table is held for its deposit.
    TableApproved,
    /// The club said no to your request.
    TableDeclined,
    /// The club had said yes, and nobody paid in time.
    TableLapsed,
    /// Something about your account.
    Account,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 21] = [
        Self::OrderPaid,
        Self::OrderRefunded,
        Self::TicketsFound,
        Self::TicketTransferred,
        Self::TicketShared,
        Self::SaleOpened,
        Self::TicketGone,
        Self::TicketHandedBack,
        Self::TicketLeft,
        Self::WaitlistJoined,
        Self::WaitlistOffered,
        Self::NewDate,
        Self::TableChanged,
        Self::TableCancelled,
        Self::TableReleased,
        Self::TableReminder,
        Self::TableFreed,
        Self::TableApproved,
        Self::TableDeclined,
        Self::TableLapsed,
        Self::Account,
    ];

    /// Its name in SQL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OrderPaid => "order_paid",
            Self::OrderRefunded => "order_refunded",
            Self::TicketsFound => "tickets_found",
            Self::TicketTransferred => "ticket_transferred",
            Self::TicketShared => "ticket_shared",
            Self::SaleOpened => "sale_opened",
            Self::TicketGone => "ticket_gone",
            Self::TicketHandedBack => "ticket_handed_back",
            Self::TicketLeft => "ticket_left",
            Self::WaitlistJoined => "waitlist_joined",
            Self::WaitlistOffered => "waitlist_offered",
            Self::NewDate => "new_date",
            Self::TableChanged => "table_changed",
            Self::TableCancelled => "table_cancelled",
            Self::TableReleased => "table_released",
            Self::TableReminder => "table_reminder",
            Self::TableFreed => "table_freed",
            Self::TableApproved => "table_approved",
            Self::TableDeclined => "table_declined",
            Self::TableLapsed => "table_lapsed",
            Self::Account => "account",
        }
    }

    /// The template of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.code() == code)
    }
}

/// Wakes the senders of all replicas when the transaction commits.
pub async fn wake(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_notify($1, '')").bind::<Text, _>(CHANNEL).kept().execute(conn).await?;
    Ok(())
}
