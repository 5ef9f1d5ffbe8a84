//! `GET /admin/promos/{promo}/codes.csv`: the codes of a promo, each with the order that used it.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path};
use serde_json::json;
use uuid::Uuid;
use web::Fault;
use web::can::PromosRead;

use super::store;
use crate::Desk;
use crate::staff::Member;

/// A file for a spreadsheet. Codes begin with a letter or a digit, so that none is taken for a formula.
pub async fn download(
    desk: Data<Desk>,
    member: Member<PromosRead>,
    promo: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let row = store::find(&mut conn, *promo).await?.ok_or_else(Fault::not_found)?;
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(["code", "order", "paid_at"]).map_err(Fault::internal)?;
    let codes = store::used_codes(&mut conn, row.id).await?;
    let detail = json!({"rows": codes.len(), "format": "csv"});
    let (actor, now) = (member.actor(), desk.clock.now());
    audit::record(&mut conn, &actor, "promo.codes_exported", &row.id.to_string(), detail, now).await?;
    for used in codes {
        let paid_at = used.paid_at.map(|at| at.to_rfc3339()).unwrap_or_default();
        let record = [used.code, used.reference.unwrap_or_default(), paid_at];
        file.write_record(record).map_err(Fault::internal)?;
    }
    let body = file.into_inner().map_err(|error| Fault::internal(error.to_string()))?;
    let name = format!("attachment; filename=\"codes-{}.csv\"", row.id);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/csv; charset=utf-8")
        .body(body))
}
