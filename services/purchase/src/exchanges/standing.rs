//! An exchange of a ticket that waits to be paid, as whoever opens a second one is told of it.

use chrono_tz::Tz;
use db::{Conn, DbError};
use domain::ids::{OrderId, TicketId};
use domain::language::Language;
use domain::money::{Currency, Money};
use ui::{format, text};

use super::store;
use crate::orders;
use crate::orders::link::OrderLinks;
use crate::orders::store::OrderRow;

/// What the page says of it.
pub(super) struct Standing {
    /// What the ticket becomes.
    pub what: String,
    /// What that costs, and until when it can be paid.
    pub line: String,
    /// Its own page: it goes on there.
    pub path: String,
}

/// The order that exchanges a ticket already; of several the first.
pub(super) async fn of(
    conn: &mut Conn,
    links: &OrderLinks,
    ticket: TicketId,
    lang: Language,
    tz: Tz,
) -> Result<Option<Standing>, DbError> {
    let Some(id) = store::pending(conn, ticket).await?.into_iter().next() else { return Ok(None) };
    let Some(order) = orders::store::find(conn, id).await? else { return Ok(None) };
    let lines = orders::store::lines(conn, id).await?;
    let what = lines.into_iter().next().map(|line| line.label).unwrap_or_default();
    let path = links.path_of(id, &order.reference);
    Ok(Some(Standing { what, line: line(&order, lang, tz), path }))
}

fn line(order: &OrderRow, lang: Language, tz: Tz) -> String {
    let currency = order.currency.parse::<Currency>().ok();
    let amount = currency.map(|currency| format::money(lang, Money::new(order.total_minor, currency)));
    let until = format::hour(lang, order.held_until, tz);
    let amount = amount.unwrap_or_default();
    text(lang, "guests-exchange-open-line", &[("amount", &amount), ("until", &until)])
}

/// Whether another order than this one waits to exchange the ticket, too: of two tabs at the same moment each placed its own.
pub(super) async fn beside(conn: &mut Conn, ticket: TicketId, order: OrderId) -> Result<bool, DbError> {
    Ok(store::pending(conn, ticket).await?.into_iter().any(|other| other != order))
}
