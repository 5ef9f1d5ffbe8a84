//! `GET /internal/v1/disputes/{id}`: a dispute with what this service can say for the club: what was bought, receipted, issued and
//! passed on. The order's money is told with the order.

use actix_web::web::{Data, Json, Path};
use internal_api::purchase::disputes::{DisputeRecord, ProofTicket};
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::store;
use crate::tickets::store::{self as tickets, TicketRow, TransferRow};
use crate::{Shop, catalog, orders, receipts};

/// 404 for no such dispute.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    id: Path<Uuid>,
) -> Result<Json<DisputeRecord>, Fault> {
    let mut conn = shop.db.conn().await?;
    let (dispute, reference) = store::find(&mut conn, *id).await?.ok_or_else(Fault::not_found)?;
    let order =
        orders::store::find(&mut conn, dispute.order_id.into()).await?.ok_or_else(Fault::not_found)?;
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    let receipt = receipts::store::find(&mut conn, order.key()).await?;
    let issued = tickets::of_order(&mut conn, order.key()).await?;
    let passed_on = tickets::transfers_of(&mut conn, &issued).await?;
    Ok(Json(DisputeRecord {
        receipt: receipt.as_ref().map(receipts::store::Numbered::printed),
        receipt_at: receipt.map(|numbered| numbered.issued_at),
        refunds: event.terms().refunds,
        venue_name: event.venue_name,
        venue_address: event.venue_address,
        entry_from: event.entry_from,
        tickets: issued.into_iter().map(|ticket| proof(ticket, &passed_on)).collect(),
        reference,
        dispute: dispute.into(),
    }))
}

fn proof(ticket: TicketRow, passed_on: &[TransferRow]) -> ProofTicket {
    let transfer = passed_on.iter().find(|transfer| transfer.from_ticket == ticket.id);
    ProofTicket {
        passed_on_to: transfer.map(|transfer| transfer.to_name.clone()),
        passed_on_at: transfer.map(|transfer| transfer.transferred_at),
        id: ticket.id,
        type_name: ticket.type_name,
        holder_name: ticket.holder_name,
        state: ticket.state,
        issued_at: ticket.issued_at,
    }
}
