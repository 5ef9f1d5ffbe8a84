//! `GET /api/v1/manifest`: all that a phone must know of a night to decide by itself, or what of it changed.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    web::{Data, Json, Query},
};
use chrono::TimeDelta;
use serde::Deserialize;
use settings::crash;
use utoipa::IntoParams;
use web::{Fault, Staff, can};

use super::{store::manifest as store, write};
use crate::{Door, faults};

/// The header with the signature.
pub const SIGNATURE: &str = "maguey-manifest-signature";
/// How long after a night's end its list is good for.
const LINGER: TimeDelta = TimeDelta::hours(12);

/// Which list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The event's id or slug.
    #[param(example = "01976f0e-7d4b-7e0a-9c0e-4f6f5a4b3c2d")]
    pub event: String,
    /// The `cursor` of the list that the phone has: then only tickets that changed since are told. What that list itself says of them
    /// is not needed. Absent for all of them.
    #[param(example = "184467")]
    pub after: Option<String>,
}

/// Answers with the list as compact JSON, which the gateway compresses, and signs it: the header `maguey-manifest-signature` is
/// `<kid>:<base64 of the Ed25519 signature over "maguey-manifest" and the body>`.
#[utoipa::path(get, path = "/api/v1/manifest", tag = "sync", params(Asked),
    responses(
        (status = 200, description = "The list. Its lists of lists are indexed by position: a gate names its zone as index into `zones`, \
            a zone is `[id, name]`, and `[id, name, inside, limit]` where it has a limit of its own, \
            a type is `[id, name, zone, entries_allowed, admit_from, admit_until, asks_id, rotating_code]`, \
            a ticket is `[id, status, banned, type, zone, text, holder, order, admit_until, stay, birth_date]`, with status an index into \
            `valid, cancelled, refunded, revoked, blocked, disputed`, stay `0` or `[entries, inside, last_at, gate]` and birth_date empty \
            where nobody asked for it, a party with a table (`parties`, always all; absent where there is none) is \
            `[order, tables, booker, people, host, arrives_at, inside]`: its passes are the tickets of its order. \
            The indices are those of this answer; what was learned from an earlier one has its own.",
            body = serde_json::Value, example = json!({
                "v": 1, "event": "01976f0e-7d4b-7e0a-9c0e-4f6f5a4b3c2d", "cursor": "184467", "after": null,
                "issued_at": 1_795_000_000_000_i64, "expires_at": 1_795_060_000_000_i64, "title": "Friday night", "slug": "friday",
                "status": "published", "starts_at": 1_795_000_000_000_i64, "ends_at": 1_795_016_800_000_i64,
                "entry_from": 1_795_000_000_000_i64, "entry_until": 1_795_010_000_000_i64, "time_zone": "Europe/Madrid",
                "mode": "live", "keys": {"1": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
                "zones": [["01976f0e-0000-7000-8000-000000000001", "Club"]],
                "gates": [["01976f0e-0000-7000-8000-000000000002", 0, "Main door"]],
                "types": [["01976f0e-0000-7000-8000-000000000003", "General admission", 0, 1, 0, 1_795_007_000_000_i64, 0, 0]],
                "inside": 214, "limit": null, "texts": ["Check the age"],
                "tickets": [["AZdvDgAAcACAAAAAAAAABA", 0, 0, 0, 0, -1, "Lucía Ferrer", "MAGUEY42", 0, [1, 1, 1_795_000_060_000_i64, "Main door"], ""]]
            })),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem), (status = 404, body = web::Problem),
        (status = 422, description = "`after` is no cursor", body = web::Problem),
    ), security(("session" = [])))]
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let after = asked.after.as_deref().map(cursor).transpose()?;
    let event = crate::door::store::event_named(&mut *door.db.conn().await?, &asked.event).await?;
    let event = event.ok_or_else(faults::event_not_found)?;
    staff.within(event)?;
    let night = store::read(&door.db, event.uuid(), after).await?.ok_or_else(faults::event_not_found)?;
    // The connection has gone back: writing takes no longer than it takes, and holds nobody up.
    crash::point("S5");
    let issued_at = door.clock.now();
    let body = write::body(&night, &door.ticket_keys, issued_at, night.head.ends_at + LINGER)
        .map_err(Fault::internal)?;
    let signature = door.manifest_signer.sign(body.as_bytes());
    tracing::info!(%event, after, tickets = night.tickets.len(), bytes = body.len(), "manifest told");
    Ok(HttpResponse::Ok().insert_header((SIGNATURE, signature)).content_type("application/json").body(body))
}

/// A cursor is a transaction's number, see [`store::read`].
fn cursor(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::invalid("invalid_value").field("after", "invalid_value"))
}

/// The public keys that manifests are signed by, by key id. More than one while they are being changed.
#[utoipa::path(get, path = "/api/v1/manifest/keys", tag = "sync",
    responses((status = 200, body = BTreeMap<String, String>, example = json!({"2026-1": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="})),
        (status = 401, body = web::Problem), (status = 403, body = web::Problem)), security(("session" = [])))]
pub async fn keys(door: Data<Door>, _: Staff<can::Within<can::DoorScan>>) -> Json<BTreeMap<String, String>> {
    Json(door.manifest_signer.public())
}
