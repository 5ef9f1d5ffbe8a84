//! `/admin/disputes/{id}/proof.pdf`: the evidence as a file, which is what Stripe takes.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use documents::dossier_pdf;
use tokio::sync::Semaphore;
use uuid::Uuid;
use web::can::OrdersRead;
use web::{Fault, Locale};

use super::proof_page;
use crate::Desk;
use crate::staff::Member;

/// Drawing keeps a core busy for tens of milliseconds: one at a time is enough for a desk.
static PRESS: Semaphore = Semaphore::const_new(1);

/// The file; 404 for no such dispute.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<OrdersRead>,
    id: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let page = proof_page::gather(&desk, &request, locale, &member, id.into_inner()).await?;
    let name = format!("attachment; filename=\"evidence-{}.pdf\"", page.reference);
    let dossier = page.dossier(desk.clock.now());
    let turn = PRESS.acquire().await.map_err(Fault::internal)?;
    let drawn = tokio::task::spawn_blocking(move || dossier_pdf(&dossier)).await;
    drop(turn);
    let pdf = drawn.map_err(Fault::internal)?.map_err(Fault::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/pdf")
        .body(pdf))
}
