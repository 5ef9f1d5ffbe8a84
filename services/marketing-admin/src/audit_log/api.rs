//! `GET /api/v1/audit`: the same for programs.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Query};
use audit::trail::MOST;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::can::AuditRead;
use web::{Fault, Problem};

use super::page::{self, Filter};
use crate::Desk;
use crate::staff::Member;

/// Rows of the audit logs.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditList {
    /// The newest first.
    pub entries: Vec<AuditEntry>,
    /// For `before`, where there are older ones.
    pub next: Option<Uuid>,
    /// Services that could not be asked: their rows are missing here.
    pub away: Vec<&'static str>,
}

/// A row.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its key.
    pub id: Uuid,
    /// Whose log.
    pub service: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// The member of staff.
    pub staff_id: Option<Uuid>,
    /// The role, or the service or command.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub target: String,
    /// In which request.
    pub request_id: String,
    /// Why.
    pub reason: Option<String>,
    /// Before and after, or what was missing.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// What staff did, and what they were refused, in all three services.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit", security(("staff" = [])),
    params(
        ("search" = Option<String>, Query, description = "a person, act, target, request or any text"),
        ("service" = Option<String>, Query, description = "`marketing-admin`, `purchase` or `scanner`"),
        ("from" = Option<String>, Query, description = "the first day, on the venue's clock"),
        ("until" = Option<String>, Query, description = "the last day"),
        ("before" = Option<Uuid>, Query, description = "`next` of the page before"),
        ("sort" = Option<String>, Query, description = "`newest`"),
    ),
    responses(
        (status = 200, body = AuditList),
        (status = 403, body = Problem),
        (status = 422, description = "`invalid_sort`, `invalid_page`, `validation_failed`", body = Problem),
    )
)]
pub async fn list(
    desk: Data<Desk>,
    _member: Member<AuditRead>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    let gathered = page::gather(&desk, &filter).await?;
    let (entries, more) = page::newest(&gathered.found, MOST);
    let silent = gathered.found.iter().filter(|(_, trail)| trail.is_err());
    let list = AuditList {
        next: entries.last().filter(|_| more).map(|(_, last)| last.id),
        away: silent.map(|(service, _)| service.name()).collect(),
        entries: entries
            .into_iter()
            .map(|(service, entry)| AuditEntry {
                id: entry.id,
                service: service.name(),
                at: entry.at,
                staff_id: entry.staff_id,
                actor: entry.actor,
                action: entry.action,
                target: entry.target,
                request_id: entry.request_id,
                reason: entry.reason,
                detail: entry.detail,
            })
            .collect(),
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(list))
}
