//! `GET /internal/v1/orders/{reference}`: all of an order, for staff: what was bought, what was paid, what went back.

use actix_web::web::{Data, Json, Path};
use db::{Conn, DbError};
use domain::ids::OrderId;
use domain::order::OrderReference;
use domain::refund::{self, Fees, Parts};
use internal_api::purchase::disputes::Dispute;
use internal_api::purchase::orders::{OrderRecord, RecordedEvent, RecordedLine, RecordedTicket, Waiting};
use web::{Fault, ServiceCaller, callers};

use super::store::{self, LineRow, answers};
use crate::payments::store as payments;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, cancellations, catalog, disputes, exchanges, guest_list, refunds};

pub use internal_api::purchase::orders::{RecordedPayment, RecordedRefund};

/// 404 for no such order.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    reference: Path<String>,
) -> Result<Json<OrderRecord>, Fault> {
    let reference: OrderReference = reference.parse().map_err(|_| Fault::not_found())?;
    let mut conn = shop.db.conn().await?;
    let order = store::by_reference(&mut conn, reference.as_str()).await?.ok_or_else(Fault::not_found)?;
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    let lines = store::lines(&mut conn, order.key()).await?;
    let issued = tickets::of_order(&mut conn, order.key()).await?;
    let held = disputes::store::holds_money_of(&mut conn, order.key()).await?;
    let (left_minor, fee_left_minor) = if order.paid_at.is_some() && !held {
        let quoted: Vec<_> = lines.iter().map(store::LineRow::quoted).collect();
        // What pays for a better ticket goes back after that one; of a night that is off all does.
        let off = cancellations::store::is_off(&mut conn, order.event_id).await?;
        let carried = if off {
            Parts::default()
        } else {
            exchanges::hand_over::carried(&mut conn, &order, &lines).await?
        };
        let gone = refunds::store::given_back(&mut conn, order.key()).await?.plus(carried);
        let left = refund::paid(&quoted).less(gone);
        let without_fee = left.keeping(refund::fees_beside(&quoted)).total();
        (left.total().max(0), (left.total() - without_fee).max(0))
    } else {
        (0, 0)
    };
    let disputed = disputes::store::of_order(&mut conn, order.key()).await?;
    Ok(Json(OrderRecord {
        tickets: recorded(&lines, issued),
        waiting: waiting(&mut conn, order.key()).await?,
        payments: payments::of_order(&mut conn, order.key()).await?,
        refunds: refunds::store::of_order(&mut conn, order.key()).await?,
        disputes: disputed.into_iter().map(Dispute::from).collect(),
        disputed_before: disputes::store::marks::of(&mut conn, &order.buyer_email).await?,
        answers: answers::of_order(&mut conn, order.key()).await?,
        guest_list: guest_list::store::of_order(&mut conn, order.key()).await?.is_some(),
        // Of a night that is off everything goes back.
        keeps_fees: event.terms().refunds.keeps_fees && event.status != "cancelled",
        event: RecordedEvent {
            id: event.id,
            title: event.title,
            status: event.status,
            starts_at: event.starts_at,
            time_zone: event.time_zone,
        },
        left_minor,
        fee_left_minor,
        lines: lines.into_iter().map(RecordedLine::from).collect(),
        order: order.into(),
    }))
}

async fn waiting(conn: &mut Conn, order: OrderId) -> Result<Option<Waiting>, DbError> {
    let Some(asked) = refunds::store::asked_of(conn, order).await? else { return Ok(None) };
    let Some(refund) = refunds::store::find_refund(conn, asked).await? else { return Ok(None) };
    let tickets = refunds::store::tickets_of(conn, asked).await?;
    Ok(Some(Waiting {
        scope: refund.scope,
        tickets: tickets.into_iter().map(|(ticket, _)| ticket.uuid()).collect(),
        amount_minor: refund.amount_minor,
        reason: refund.reason,
        asked_at: refund.created_at,
        as_credit: refund.as_credit,
    }))
}

fn recorded(lines: &[LineRow], tickets: Vec<TicketRow>) -> Vec<RecordedTicket> {
    let quoted: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let share = |ticket: &TicketRow, fees| {
        let index = lines.iter().position(|line| line.id == ticket.order_line_id);
        let part = |index| refund::ticket(&quoted, index, ticket.ordinal.unsigned_abs(), fees);
        index.map_or(Parts::default(), part).total()
    };
    tickets
        .into_iter()
        .map(|ticket| RecordedTicket {
            paid_minor: share(&ticket, Fees::Returned),
            without_fee_minor: share(&ticket, Fees::Kept),
            id: ticket.id,
            type_name: ticket.type_name,
            holder_name: ticket.holder_name,
            state: ticket.state,
        })
        .collect()
}
