//! Somebody's wish for money back, and the refund that it becomes: on record first, then the door is asked.

use actix_web::http::StatusCode;
use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::ids::RefundId;
use domain::order::OrderReference;
use domain::refund::{Fees, Parts, Reason, State};
use serde_json::json;
use settings::crash;
use web::Fault;

use super::by_guest;
use super::decide::{Decided, Issued, Known, Refused, Scope, decide};
use super::door::Inside;
use super::go_on::{Gone, go_on};
use super::store::{self, NewRefund, RefundRow};
use crate::catalog::store::EventRow;
use crate::orders::store::{LineRow, OrderRow};
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, cancellations, catalog, credits, disputes, exchanges, guest_list, orders, reservations};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The club.
    Staff,
    /// The guest, whose page said that so much comes back.
    Guest { expects_minor: i64 },
}

impl By {
    const fn reason(self) -> Reason {
        match self {
            Self::Staff => Reason::Staff,
            Self::Guest { .. } => Reason::Guest,
        }
    }
}

/// What somebody asks for, and who.
pub(crate) struct Wish<'a> {
    pub key: &'a str,
    pub scope: Scope,
    /// Left out: as the night's terms say.
    pub fees: Option<Fees>,
    pub anyway: bool,
    /// As a credit: no money moves.
    pub as_credit: bool,
    pub by: By,
}

/// Puts a refund on record, asks the door, and says how it stands.
pub(crate) async fn carry_out(
    shop: &Shop,
    reference: &OrderReference,
    wish: &Wish<'_>,
    actor: &Actor,
) -> Result<(RefundRow, Vec<Inside>), Fault> {
    let now = shop.clock.now();
    let refund =
        shop.db.transaction(async |conn| record(conn, reference.as_str(), wish, actor, now).await).await?;
    crash::point("R1");
    let inside = match refund.state() {
        State::Asked => match go_on(shop, &refund).await? {
            Gone::On(inside) | Gone::Withdrawn(inside) => inside,
            Gone::Waiting => Vec::new(),
        },
        _ => Vec::new(),
    };
    let mut conn = shop.db.conn().await?;
    let refund = store::find_refund(&mut conn, refund.key()).await?.ok_or_else(Fault::not_found)?;
    shop.bells.refunds.notify_one();
    Ok((refund, inside))
}

/// Writes down what is to go back, or finds what was asked for with the same key.
async fn record(
    conn: &mut Conn,
    reference: &str,
    wish: &Wish<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<RefundRow, Fault> {
    let order = orders::store::by_reference(conn, reference).await?.ok_or_else(Fault::not_found)?;
    let order = orders::store::lock(conn, order.key()).await?.ok_or_else(Fault::not_found)?;
    if let Some(known) = store::by_key(conn, wish.key).await? {
        let same = known.order == order.id && is_same(conn, &known, wish).await?;
        return if same {
            Ok(known)
        } else {
            Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"))
        };
    }
    if let Some(waiting) = store::asked_of(conn, order.key()).await? {
        // Only that one is let go: who wants something else hears of it first.
        let asked = store::find_refund(conn, waiting).await?.ok_or_else(Fault::not_found)?;
        if !wish.anyway || !is_same(conn, &asked, wish).await? {
            return Err(Fault::conflict("refund_waits"));
        }
        store::say_anyway(conn, waiting, now).await?;
        let detail = json!({"refund": waiting, "anyway": true});
        audit::record(conn, actor, "refund.asked", &order.reference, detail, now).await?;
        return store::find_refund(conn, waiting).await?.ok_or_else(Fault::not_found);
    }
    let event = catalog::store::event(conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    if let By::Guest { .. } = wish.by {
        by_guest::check(conn, &order, &event, &wish.scope, now).await?;
    }
    let decided = weigh(conn, &order, &event, wish).await?;
    if let By::Guest { expects_minor } = wish.by
        && expects_minor != decided.parts.total()
    {
        return Err(Fault::conflict("refund_changed"));
    }
    let id = insert(conn, &order, &decided, wish, now).await?;
    let detail = json!({
        "refund": id, "scope": wish.scope.code(), "amount_minor": decided.parts.total(), "currency": order.currency,
        "tickets": decided.tickets, "fees_minor": decided.parts.fees_minor, "anyway": wish.anyway, "as_credit": wish.as_credit,
    });
    audit::record(conn, actor, "refund.asked", &order.reference, detail, now).await?;
    store::find_refund(conn, id).await?.ok_or_else(Fault::not_found)
}

/// Whether a refund is what somebody asks for again.
async fn is_same(conn: &mut Conn, known: &RefundRow, wish: &Wish<'_>) -> Result<bool, Fault> {
    let same = known.scope == wish.scope.code() && known.as_credit == wish.as_credit;
    Ok(match &wish.scope {
        Scope::Order => same,
        Scope::Amount(minor) => same && known.amount_minor == *minor,
        Scope::Tickets(wanted) => {
            let taken = store::tickets_of(conn, known.key()).await?;
            same && taken.len() == wanted.len()
                && taken.iter().all(|(ticket, _)| wanted.contains(&ticket.uuid()))
        }
    })
}

/// What goes back for a wish, or why nothing does.
pub(super) async fn weigh(
    conn: &mut Conn,
    order: &OrderRow,
    event: &EventRow,
    wish: &Wish<'_>,
) -> Result<Decided, Fault> {
    if disputes::store::holds_money_of(conn, order.key()).await? {
        return Err(Fault::conflict("invalid_state").detail(
            "The guest's bank has taken this payment back: nothing of it can be given back, unless the club wins the dispute.",
        ));
    }
    if guest_list::store::of_order(conn, order.key()).await?.is_some() {
        return Err(Fault::conflict("invalid_state").detail(
            "These guests are on the guest list: they are taken off it there, and nothing was paid.",
        ));
    }
    // Once all tickets are back, an amount may still go: the fees that the club had kept.
    let gives = match order.state.as_str() {
        "paid" => true,
        // What was paid at the venue for a night that is off is handed back whenever its guest comes for it.
        "refunded" => order.paid_at.is_some() && (matches!(wish.scope, Scope::Amount(_)) || order.at_venue()),
        _ => false,
    };
    if !gives {
        return Err(Fault::conflict("invalid_state"));
    }
    let policy = by_guest::fees(event.terms().refunds.keeps_fees);
    // The club keeps nothing of a night that it called off, whoever hands it back.
    let off = cancellations::store::is_off(conn, order.event_id).await?;
    let fees = if off { Fees::Returned } else { wish.fees.unwrap_or(policy) };
    let lines = orders::store::lines(conn, order.key()).await?;
    let given_back = store::given_back(conn, order.key()).await?;
    // What pays for a better ticket goes back after that one; of a night that is off all goes back anyway.
    let carried =
        if off { Parts::default() } else { exchanges::hand_over::carried(conn, order, &lines).await? };
    let issued = tickets::of_order(conn, order.key()).await?;
    let table = reservations::store::of_order(conn, order.id).await?.is_some();
    let known = Known {
        table,
        lines: &lines.iter().map(LineRow::quoted).collect::<Vec<_>>(),
        tickets: &issued.iter().map(|ticket| known_ticket(&lines, ticket)).collect::<Vec<_>>(),
        returned: given_back.plus(carried),
        follows: exchanges::back::brings(conn, order).await?,
    };
    decide(&known, &wish.scope, fees).map_err(fault)
}

fn known_ticket(lines: &[LineRow], ticket: &TicketRow) -> Issued {
    Issued {
        id: ticket.id,
        line: lines.iter().position(|line| line.id == ticket.order_line_id),
        ordinal: ticket.ordinal.unsigned_abs(),
        live: ticket.is_live(),
    }
}

fn fault(refused: Refused) -> Fault {
    match refused {
        Refused::NotItsTicket => Fault::not_found(),
        Refused::NotLive => Fault::conflict("invalid_state"),
        Refused::NoAmount => Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_amount"),
        Refused::Exceeds => Fault::conflict("refund_exceeds_captured"),
    }
}

async fn insert(
    conn: &mut Conn,
    order: &OrderRow,
    decided: &Decided,
    wish: &Wish<'_>,
    now: DateTime<Utc>,
) -> Result<RefundId, Fault> {
    let amount_minor = decided.parts.total();
    let credit_minor = credit_part(conn, order, amount_minor, wish).await?;
    let money = amount_minor > credit_minor;
    let payment_id = if money { store::payment_of(conn, order.key()).await? } else { None };
    if money && payment_id.is_none() && !order.at_venue() {
        return Err(Fault::conflict("invalid_state"));
    }
    let id = RefundId::generate();
    let refund = NewRefund {
        id: id.uuid(),
        payment_id,
        order_id: order.id,
        scope: wish.scope.code(),
        amount_minor,
        fees_minor: decided.parts.fees_minor,
        tax_minor: decided.parts.tax_minor,
        currency: &order.currency,
        reason: wish.by.reason().code(),
        // Without tickets the door has no say.
        state: if decided.tickets.is_empty() { State::Pending } else { State::Asked }.code(),
        key: Some(wish.key),
        anyway: wish.anyway,
        // The request asks the door itself; should it die, the worker does.
        next_try_at: if decided.tickets.is_empty() { now } else { now + super::make::CLAIM },
        created_at: now,
        credit_minor,
        as_credit: wish.as_credit,
    };
    store::insert(conn, &refund, &decided.tickets).await?;
    Ok(id)
}

/// How much of what goes back is no money: all of it where it goes as a credit, else what is over what was paid in money.
async fn credit_part(
    conn: &mut Conn,
    order: &OrderRow,
    amount_minor: i64,
    wish: &Wish<'_>,
) -> Result<i64, Fault> {
    if !wish.as_credit {
        return Ok(credits::store::part_of(conn, order.key(), amount_minor).await?);
    }
    let brings = amount_minor > 0 || exchanges::back::brings(conn, order).await?;
    if order.at_venue() || !brings || order.buyer_email.is_empty() {
        return Err(Fault::conflict("invalid_state").detail(
            "Only what was paid online, by somebody with an email address, can be given back as a credit.",
        ));
    }
    Ok(amount_minor)
}
