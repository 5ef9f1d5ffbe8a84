//! The internal endpoints: what this service has said, have it said again, compare now.

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use bus::{digest, outbox};
use messages::{Subject, scanner::v1::TicketScanned};
use serde::Deserialize;
use web::{ApiJson, Callers, Fault, ServiceCaller, callers};

use crate::Door;

/// Those who hold what this service has said, and the operator.
#[derive(Debug, Clone, Copy)]
pub struct Readers;
impl Callers for Readers {
    const NAMES: Option<&'static [&'static str]> = Some(&["marketing-admin", "magueyctl"]);
}

/// Which part of the digest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestQuery {
    /// `1,17`: list the aggregates of these buckets. Absent: the buckets themselves.
    buckets: Option<String>,
}

/// `GET /internal/v1/digest/{subject}`: `[{bucket, count, checksum}]`, or with `?buckets=` `[{aggregate, revision}]`.
pub async fn digest(
    door: Data<Door>,
    _: ServiceCaller<Readers>,
    subject: Path<String>,
    query: Query<DigestQuery>,
) -> Result<HttpResponse, Fault> {
    let source = digest::Source::said(ours(&subject)?);
    let mut conn = door.db.conn().await?;
    Ok(match &query.buckets {
        None => HttpResponse::Ok().json(digest::buckets(&mut conn, &source).await?),
        Some(list) => {
            let wanted = list.split(',').map(str::parse).collect::<Result<Vec<i32>, _>>();
            let wanted =
                wanted.map_err(|_| Fault::invalid("invalid_value").field("buckets", "invalid_value"))?;
            HttpResponse::Ok().json(digest::entries(&mut conn, &source, &wanted).await?)
        }
    })
}

/// What to say again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendRequest {
    /// The aggregates; absent: all.
    #[serde(default)]
    ids: Option<Vec<String>>,
}

/// `POST /internal/v1/resend/{subject}`.
pub async fn resend(
    door: Data<Door>,
    _: ServiceCaller<Readers>,
    subject: Path<String>,
    request: ApiJson<ResendRequest, { 4 * 1024 * 1024 }>,
) -> Result<HttpResponse, Fault> {
    let mut conn = door.db.conn().await?;
    let resent = outbox::resend(&mut conn, ours(&subject)?, request.ids.as_deref(), door.clock.now()).await?;
    Ok(HttpResponse::Ok().json(resent))
}

/// `POST /internal/v1/reconcile`: compare the projections with their owners now.
pub async fn reconcile(door: Data<Door>, _: ServiceCaller<callers::Operator>) -> Result<HttpResponse, Fault> {
    let mut report = serde_json::Map::new();
    for (subject, outcome) in door.projections.compare().await {
        let outcome = outcome.map_err(|error| Fault::unavailable().source(error))?;
        report.insert(subject.to_owned(), serde_json::to_value(outcome).map_err(Fault::internal)?);
    }
    Ok(HttpResponse::Ok().json(report))
}

fn ours(subject: &str) -> Result<&'static str, Fault> {
    if subject == TicketScanned::SUBJECT { Ok(TicketScanned::SUBJECT) } else { Err(Fault::not_found()) }
}
