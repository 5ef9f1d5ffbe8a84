//! `/admin/settlements/{number}/file.json`: the signed file as it is kept; `…/paper.pdf`: the same on paper.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path};
use documents::dossier_pdf;
use domain::settlement::SignedSettlement;
use tokio::sync::Semaphore;
use web::can::FiguresRead;
use web::{Fault, Locale};

use super::{paper, till};
use crate::Desk;
use crate::staff::Member;

/// Drawing keeps a core busy for tens of milliseconds: one at a time is enough for a desk.
static PRESS: Semaphore = Semaphore::const_new(1);

fn attached(kind: &'static str, number: &str, ending: &str, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"settlement-{number}.{ending}\""),
        ))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(kind)
        .body(body.into())
}

/// The signed file.
pub async fn json(
    desk: Data<Desk>,
    member: Member<FiguresRead>,
    number: Path<String>,
) -> Result<HttpResponse, Fault> {
    let file = till::file(&desk, &member, &number).await?;
    Ok(attached("application/json", &number, "json", file))
}

/// The same on paper, in the reader's language. What is not as it was signed is not drawn.
pub async fn pdf(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<FiguresRead>,
    number: Path<String>,
) -> Result<HttpResponse, Fault> {
    let file = till::file(&desk, &member, &number).await?;
    let signed = SignedSettlement::read(&file, None).map_err(Fault::internal)?;
    let dossier = paper::of(&signed, locale.0, desk.links.mode);
    let turn = PRESS.acquire().await.map_err(Fault::internal)?;
    let drawn = tokio::task::spawn_blocking(move || dossier_pdf(&dossier)).await;
    drop(turn);
    let pdf = drawn.map_err(Fault::internal)?.map_err(Fault::internal)?;
    Ok(attached("application/pdf", &number, "pdf", pdf))
}
