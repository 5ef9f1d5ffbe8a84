//! An order with all that its guest may see, opened by its key.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Seen};
use domain::event::terms::TicketKind;
use domain::ids::{EventId, OrderId, TicketId};
use domain::order::OrderReference;
use domain::quote::Quote;
use internal_api::purchase::orders::{Answered, RecordedPayment, RecordedRefund};
use serde::Deserialize;
use uuid::Uuid;
use web::Fault;

use super::store::{self, LineRow, OrderRow, answers};
use crate::catalog::store::{EventRow, TypeRow};
use crate::payments::store as payments;
use crate::payments::store::AttemptRow;
use crate::reservations::view::Reserved;
use crate::tickets::rule::Rule;
use crate::tickets::store as tickets;
use crate::tickets::store::{TicketRow, TransferRow};
use crate::{Shop, catalog, exchanges, refunds, reservations};

/// What stands in an order's address besides its reference.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct OrderQuery {
    /// Opens the order.
    #[serde(default)]
    pub key: String,
    /// Stripe sends the guest back with it.
    pub session_id: Option<String>,
    /// The guest came back without paying.
    pub cancelled: Option<String>,
    /// What the guest has just done: `sent`, `often`, `named`, `passed`, `inside` or `changed`.
    pub done: Option<String>,
}

/// The code of a ticket that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// The same text wherever it stands.
    Fixed(String),
    /// Another every few seconds, on its page alone.
    Moving,
}

impl Code {
    /// Its text, where it has one to be written down.
    pub fn fixed(&self) -> Option<&str> {
        match self {
            Self::Fixed(text) => Some(text),
            Self::Moving => None,
        }
    }
}

/// A ticket as its guest sees it.
#[derive(Debug, Clone)]
pub struct TicketView {
    /// Its key.
    pub id: Uuid,
    /// Grows with each change.
    pub revision: i64,
    /// The order's line that it was bought with, and its place in it, from 1.
    pub line: Uuid,
    /// See `line`.
    pub ordinal: i32,
    /// The ticket type's name.
    pub type_name: String,
    /// Whose it is.
    pub holder: String,
    /// `valid`, `cancelled`, `refunded`, `revoked`, `blocked`, `disputed`.
    pub state: String,
    /// Its QR code; none where it is not valid.
    pub code: Option<Code>,
    /// First instant in which it lets in, where that is after the doors open: its type's.
    pub lets_in_from: Option<DateTime<Utc>>,
    /// First instant in which it no longer does, where that is before the doors close: the guest list's or its type's, the earlier.
    pub lets_in_until: Option<DateTime<Utc>>,
    /// The name and address it was passed on to.
    pub passed_on: Option<(String, String)>,
    /// Whether it was passed on to its holder, who handed it back to its buyer.
    pub handed_back: bool,
    /// Whether it was exchanged for one of another type.
    pub exchanged: bool,
}

/// Money that went back, or is going back.
#[derive(Debug, Clone)]
pub struct RefundView {
    /// Minor units of the order's currency.
    pub amount_minor: i64,
    /// How much of that is no money but credit.
    pub credit_minor: i64,
    /// Why.
    pub reason: String,
    /// `pending`, `succeeded`, `failed`, `settled_otherwise`; `asked` of [`OrderView::asked`].
    pub state: String,
    /// When it was settled, or decided.
    pub at: DateTime<Utc>,
    /// How the club paid it itself: `cash` or `bank_transfer`.
    pub settled_how: Option<String>,
}

impl RefundView {
    /// How much of it is money.
    pub const fn money_minor(&self) -> i64 {
        self.amount_minor - self.credit_minor
    }

    /// Whether it has come to its end, and the guest has it.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "succeeded" | "settled_otherwise")
    }
}

impl From<RecordedRefund> for RefundView {
    fn from(refund: RecordedRefund) -> Self {
        Self {
            amount_minor: refund.amount_minor,
            credit_minor: refund.credit_minor,
            reason: refund.reason,
            state: refund.state,
            at: refund.settled_at.unwrap_or(refund.created_at),
            settled_how: refund.settled_how,
        }
    }
}

/// All of an order.
#[derive(Debug)]
pub struct OrderView {
    pub(crate) row: OrderRow,
    pub(crate) event: EventRow,
    pub(crate) lines: Vec<LineRow>,
    pub(crate) attempt: Option<AttemptRow>,
    /// The price.
    pub quote: Quote,
    /// The tickets, once it is paid.
    pub tickets: Vec<TicketView>,
    /// Money that came in for it.
    pub payments: Vec<RecordedPayment>,
    /// Money on its way back.
    pub refunds: Vec<RefundView>,
    /// What its buyer answered; nothing where one ticket is shown to somebody else.
    pub answers: Vec<Answered>,
    /// The table that it pays the deposit of; its tickets are the party's passes then. Nothing where one ticket is shown to somebody else.
    pub(crate) table: Option<Reserved>,
    /// Whether a refund waits for the door's word, whoever asked for it: until then nothing else goes back.
    pub waits: bool,
    /// What its guest gives back, while the door has not answered.
    pub asked: Option<RefundView>,
}

/// What everybody is told who has no order here.
pub(crate) fn closed() -> Fault {
    Fault::not_found().message("shared-error-order-not-found", &[])
}

/// Opens an order: 404 for a reference that does not exist and for a key that does not fit, alike. It is looked up as a role that
/// sees the order of this reference alone.
pub(crate) async fn open(shop: &Shop, reference: &str, key: &str) -> Result<OrderRow, Fault> {
    let reference: OrderReference = reference.parse().map_err(|_| closed())?;
    let named = reference.as_str();
    let row = shop.db.transaction(async |conn: &mut Conn| find(conn, named).await).await?;
    row.filter(|row| shop.links.opens(row.key(), key)).ok_or_else(closed)
}

async fn find(conn: &mut Conn, reference: &str) -> Result<Option<OrderRow>, DbError> {
    db::as_guest(conn, Seen::Reference(reference)).await?;
    store::by_reference(conn, reference).await
}

/// Reads the rest of an opened order.
pub(crate) async fn read(shop: &Shop, row: OrderRow) -> Result<OrderView, Fault> {
    read_with(shop, row, None).await
}

/// Reads an order around one of its tickets, for whom that was passed on to.
pub(crate) async fn read_around(shop: &Shop, ticket: TicketRow) -> Result<OrderView, Fault> {
    let order = store::find(&mut *shop.db.conn().await?, ticket.order_id.into()).await?;
    read_with(shop, order.ok_or_else(closed)?, Some(ticket)).await
}

/// What one order's guest may see and nobody else's, read as a role that sees no other order: a query that forgot to ask for this
/// one would find nothing more.
struct Own {
    lines: Vec<LineRow>,
    attempt: Option<AttemptRow>,
    issued: Vec<TicketRow>,
    answers: Vec<Answered>,
    transfers: Vec<TransferRow>,
    payments: Vec<RecordedPayment>,
    refunds: Vec<RecordedRefund>,
}

async fn read_own(conn: &mut Conn, order: OrderId, only: Option<TicketRow>) -> Result<Own, DbError> {
    db::as_guest(conn, Seen::Order(order.uuid())).await?;
    let (issued, answers) = match only {
        None => (tickets::of_buyer(conn, order).await?, answers::of_order(conn, order).await?),
        Some(ticket) => (vec![ticket], Vec::new()),
    };
    Ok(Own {
        lines: store::lines(conn, order).await?,
        attempt: payments::last_attempt(conn, order).await?,
        transfers: tickets::transfers_of(conn, &issued).await?,
        payments: payments::of_order(conn, order).await?,
        refunds: refunds::store::of_order(conn, order).await?,
        issued,
        answers,
    })
}

async fn read_with(shop: &Shop, row: OrderRow, only: Option<TicketRow>) -> Result<OrderView, Fault> {
    let (order, only) = (row.key(), &only);
    let own = shop.db.transaction(async |conn: &mut Conn| read_own(conn, order, only.clone()).await).await?;
    let Own { lines, attempt, issued, answers, transfers, payments, mut refunds } = own;
    let mut conn = shop.db.conn().await?;
    let event = catalog::store::event(&mut conn, row.event_id).await?.ok_or_else(Fault::not_found)?;
    let types = catalog::store::all_types(&mut conn, row.event_id).await?;
    // An order without a line of a table is nobody's deposit.
    let kind = |id: Uuid| types.iter().find(|each| each.id == id).map(TypeRow::terms);
    let is_table = |line: &LineRow| {
        line.ticket_type_id.and_then(kind).is_some_and(|terms| terms.kind == TicketKind::Table)
    };
    let table = if only.is_none() && lines.iter().any(is_table) {
        reservations::view::of_order(&mut conn, row.id).await?
    } else {
        None
    };
    let issued = if table.is_some() { booker_first(issued) } else { issued };
    // What a ticket was exchanged for is another order.
    let exchanged = if issued.iter().any(|ticket| ticket.state == "cancelled") {
        exchanges::store::gone(&mut conn, row.key()).await?
    } else {
        Vec::new()
    };
    // What the door may still stop is told to whoever asked for it, and promised to nobody.
    let own = |refund: &RecordedRefund| refund.state == "asked" && refund.reason == "guest";
    let waits = refunds.iter().any(|refund| refund.state == "asked");
    let asked = refunds.iter().position(own).map(|at| refunds.remove(at));
    refunds.retain(|refund| {
        matches!(refund.state.as_str(), "pending" | "succeeded" | "failed" | "settled_otherwise")
    });
    Ok(OrderView {
        quote: super::quote_of(&row, &lines)?,
        tickets: issued
            .into_iter()
            .map(|ticket| {
                let terms = types.iter().find(|each| each.id == ticket.ticket_type_id).map(TypeRow::terms);
                let rule = Rule::of(&terms.unwrap_or_default(), event.entry_from, event.ends_at);
                ticket_view(shop, ticket, rule, &transfers, &exchanged)
            })
            .collect(),
        refunds: refunds.into_iter().map(RefundView::from).collect(),
        asked: asked.map(RefundView::from),
        waits,
        table,
        row,
        event,
        lines,
        attempt,
        payments,
        answers,
    })
}

/// The passes of a table in the order of its seats: the first is the booker's.
fn booker_first(mut passes: Vec<TicketRow>) -> Vec<TicketRow> {
    passes.sort_by_key(|pass| (pass.ordinal, pass.id));
    passes
}

fn ticket_view(
    shop: &Shop,
    ticket: TicketRow,
    rule: Rule,
    transfers: &[TransferRow],
    exchanged: &[Uuid],
) -> TicketView {
    let gone = transfers.iter().find(|transfer| transfer.from_ticket == ticket.id);
    // Who bought it is none of a friend's business.
    let passed_on = gone.filter(|gone| !gone.to_buyer);
    TicketView {
        handed_back: gone.is_some_and(|gone| gone.to_buyer),
        exchanged: exchanged.contains(&ticket.id),
        code: (ticket.state == "valid").then(|| {
            let (id, event) = (TicketId::from_uuid(ticket.id), EventId::from_uuid(ticket.event_id));
            if rule.moves { Code::Moving } else { Code::Fixed(shop.issuer.signer.code(id, event)) }
        }),
        passed_on: passed_on.map(|to| (to.to_name.clone(), to.to_email.clone())),
        id: ticket.id,
        revision: ticket.revision,
        line: ticket.order_line_id,
        ordinal: ticket.ordinal,
        type_name: ticket.type_name,
        holder: ticket.holder_name,
        state: ticket.state,
        lets_in_from: rule.from,
        lets_in_until: rule.until_of(ticket.admit_until),
    }
}
