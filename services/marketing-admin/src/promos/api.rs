//! `/api/v1/promos`: promos as JSON, for staff's programs.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use domain::quote::Off;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::{PromosRead, PromosWrite};
use web::{ApiJson, Fault, Problem};

use super::change;
use super::input::{OffSchema, PromoInput};
use super::store::{self, PromoRow};
use crate::Desk;
use crate::staff::Member;

/// Every promo.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromoList {
    /// The newest first.
    pub promos: Vec<PromoView>,
}

/// A promo.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are told in PromoInput")]
pub struct PromoView {
    pub id: Uuid,
    pub revision: i64,
    pub name: String,
    /// Its code; of a batch the first.
    pub code: String,
    /// How many codes it has.
    pub codes: i64,
    /// Whether each code is good once.
    pub single_use: bool,
    #[schema(value_type = OffSchema)]
    pub off: Off,
    pub currency: String,
    pub event: Option<Uuid>,
    pub ticket_types: Vec<Uuid>,
    pub minimum_minor: i64,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub most: Option<i64>,
    pub most_per_guest: Option<i64>,
    pub promoter: String,
    /// Whether the club gives it out now.
    pub active: bool,
    /// Paid orders that used it.
    pub orders: i64,
    /// What they came to, minor units.
    pub gross_minor: i64,
}

/// Whether a promo is given out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchInput {
    /// On or off.
    pub active: bool,
}

impl From<PromoRow> for PromoView {
    fn from(row: PromoRow) -> Self {
        let off = row.off();
        Self {
            id: row.id,
            revision: row.revision,
            name: row.name,
            code: row.code,
            codes: row.codes,
            single_use: row.single_use,
            off,
            currency: row.currency,
            event: row.event_id,
            ticket_types: row.ticket_type_ids,
            minimum_minor: row.minimum_minor,
            from: row.valid_from,
            until: row.valid_until,
            most: row.most,
            most_per_guest: row.most_per_guest,
            promoter: row.promoter,
            active: row.active,
            orders: row.orders,
            gross_minor: row.gross_minor,
        }
    }
}

/// All promos with their use.
#[utoipa::path(
    get, path = "/api/v1/promos", tag = "promos", security(("staff" = [])),
    responses((status = 200, body = PromoList), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn list(desk: Data<Desk>, _member: Member<PromosRead>) -> Result<HttpResponse, Fault> {
    let promos = store::list(&mut *desk.db.conn().await?).await?;
    Ok(HttpResponse::Ok().json(PromoList { promos: promos.into_iter().map(Into::into).collect() }))
}

/// Makes a promo, with one code or a batch.
#[utoipa::path(
    post, path = "/api/v1/promos", tag = "promos", request_body = PromoInput, security(("staff" = [])),
    responses(
        (status = 201, body = PromoView),
        (status = 409, description = "`code_taken`", body = Problem),
        (status = 422, description = "`validation_failed`, with every field", body = Problem),
    )
)]
pub async fn create(
    desk: Data<Desk>,
    member: Member<PromosWrite>,
    input: ApiJson<PromoInput>,
) -> Result<HttpResponse, Fault> {
    let promo: PromoView = change::create(&desk, &member.actor(), input.into_inner()).await?.into();
    let location = format!("/api/v1/promos/{}", promo.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(promo))
}

/// Switches a promo on or off.
#[utoipa::path(
    put, path = "/api/v1/promos/{promo}/active", tag = "promos", request_body = SwitchInput, security(("staff" = [])),
    params(("promo" = Uuid, Path)),
    responses((status = 200, body = PromoView), (status = 404, body = Problem))
)]
pub async fn switch(
    desk: Data<Desk>,
    member: Member<PromosWrite>,
    promo: Path<Uuid>,
    input: ApiJson<SwitchInput>,
) -> Result<HttpResponse, Fault> {
    let promo: PromoView =
        change::switch(&desk, &member.actor(), *promo, input.into_inner().active).await?.into();
    Ok(HttpResponse::Ok().json(promo))
}
