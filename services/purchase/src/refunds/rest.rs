//! Whether what a guest keeps of an order stands without what they give back: the order as it is, for [`domain::refund::may_stay`].

use db::{Conn, DbError};
use domain::event::terms::TypeTerms;
use domain::refund::{self, Good, Sold, Torn};
use uuid::Uuid;
use web::Fault;

use crate::catalog::store::TypeRow;
use crate::orders::store::{LineRow, OrderRow};
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{catalog, orders, promos};

/// 409 `refund_leaves_extras`, `refund_leaves_companion`, `refund_whole_table` or `refund_below_minimum`: the rest can't stay so. Tickets that were
/// passed on are of the rest.
pub(crate) async fn stands(conn: &mut Conn, order: &OrderRow, goes: &[Uuid]) -> Result<(), Fault> {
    match torn(conn, order, goes).await? {
        Some(torn) => Err(fault(&torn)),
        None => Ok(()),
    }
}

/// Why the rest of an order can't stay without these tickets; nothing where it can.
pub(crate) async fn torn(conn: &mut Conn, order: &OrderRow, goes: &[Uuid]) -> Result<Option<Torn>, DbError> {
    let kinds: Vec<(TypeRow, TypeTerms)> = catalog::store::all_types(conn, order.event_id)
        .await?
        .into_iter()
        .map(|row| {
            let terms = row.terms();
            (row, terms)
        })
        .collect();
    let lines = orders::store::lines(conn, order.key()).await?;
    let mut live = tickets::of_order(conn, order.key()).await?;
    live.retain(TicketRow::is_live);
    let promo = match order.promo_id {
        Some(promo) => promos::minimum(conn, promo).await?,
        None => None,
    };
    let (minimum_minor, reduced) = promo.unwrap_or_default();
    let sold: Vec<Sold<'_>> = kinds
        .iter()
        .map(|(row, terms)| Sold {
            name: &row.name,
            kind: terms.kind,
            needs: terms.needs.as_ref(),
            places: terms.places,
        })
        .collect();
    let quoted: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let good = |ticket: &TicketRow| {
        let sold = kinds.iter().position(|(row, _)| row.id == ticket.ticket_type_id)?;
        let (row, terms) = &kinds[sold];
        // As the promo was weighed when it was used: of what a guest names the price of, nothing is taken off.
        let counts = terms.guest_price.is_none() && (reduced.is_empty() || reduced.contains(&row.id));
        let line = lines.iter().position(|line| line.id == ticket.order_line_id);
        let cost = |line| refund::before_discount(&quoted, line, ticket.ordinal.unsigned_abs());
        let counts_minor = if counts { line.map_or(0, cost) } else { 0 };
        Some(Good { sold, counts_minor, goes: goes.contains(&ticket.id) })
    };
    let tickets: Vec<Good> = live.iter().filter_map(good).collect();
    Ok(refund::may_stay(&sold, &tickets, minimum_minor).err())
}

fn fault(torn: &Torn) -> Fault {
    match torn {
        Torn::ExtrasAlone => Fault::conflict("refund_leaves_extras"),
        Torn::CompanionGone { name, needs } => Fault::conflict("refund_leaves_companion")
            .message("shared-error-refund-leaves-companion", &[("name", name), ("needs", needs)]),
        Torn::TableApart => Fault::conflict("refund_whole_table").message("booking-error-whole-table", &[]),
        Torn::BelowMinimum => Fault::conflict("refund_below_minimum"),
    }
    .detail(torn.to_string())
}
