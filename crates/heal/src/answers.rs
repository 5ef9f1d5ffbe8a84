//! What the others ask an owner when they doubt that they heard everything.

use actix_web::web::Json;
use audit::Actor;
use bus::digest::{self, Bucket, Entry, Source};
use bus::outbox::{self, Resent};
use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use messages::{Stream, subjects};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{ApiJson, Fault};

/// Which part of the digest.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestQuery {
    /// `1,17`: list the aggregates of these buckets. Absent: the buckets themselves.
    pub buckets: Option<String>,
}

/// What was said about a subject.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Digest {
    /// `[{bucket, count, checksum}]`.
    Buckets(Vec<Bucket>),
    /// `[{aggregate, revision}]`.
    Entries(Vec<Entry>),
}

/// What to say again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendRequest {
    /// The aggregates; absent: all of the subject.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
}

/// [`ResendRequest`], larger than what strangers may send: it may name every ticket of a night.
pub type ResendBody = ApiJson<ResendRequest, { 4 * 1024 * 1024 }>;

/// A subject of `stream` that came in a URL; 404 if it is another's to tell.
pub fn ours(stream: Stream, subject: &str) -> Result<&'static str, Fault> {
    let found = subjects::ALL.iter().find(|(known, kept)| *known == subject && *kept == stream);
    found.map(|(known, _)| *known).ok_or_else(Fault::not_found)
}

/// Answers `GET /internal/v1/digest/{subject}` from the outbox.
pub async fn digest(db: &Db, subject: &'static str, query: &DigestQuery) -> Result<Json<Digest>, Fault> {
    let source = Source::said(subject);
    let wanted = query.buckets.as_deref().map(bucket_numbers).transpose()?;
    let (source, wanted) = (&source, &wanted);
    let digest = db
        .transaction(async |conn: &mut Conn| {
            digest::take_time(conn).await?;
            Ok::<_, DbError>(match wanted {
                None => Digest::Buckets(digest::buckets(conn, source).await?),
                Some(wanted) => Digest::Entries(digest::entries(conn, source, wanted).await?),
            })
        })
        .await?;
    Ok(Json(digest))
}

fn bucket_numbers(list: &str) -> Result<Vec<i32>, Fault> {
    let numbers = list.split(',').map(str::parse).collect::<Result<Vec<i32>, _>>();
    numbers.map_err(|_| Fault::invalid("invalid_value").field("buckets", "invalid_value"))
}

/// Answers `POST /internal/v1/resend/{subject}` from the outbox. A service that keeps the state behind its messages says
/// those anew whose payload retention has cleared; see `Resent::cleared`.
pub async fn resend(
    db: &Db,
    actor: &Actor,
    subject: &'static str,
    request: &ResendRequest,
    now: DateTime<Utc>,
) -> Result<Json<Resent>, Fault> {
    let resent = db
        .transaction(async |conn| {
            let resent = outbox::resend(conn, subject, request.ids.as_deref(), now).await?;
            resend_recorded(conn, actor, subject, &resent, now).await?;
            Ok::<_, DbError>(resent)
        })
        .await?;
    Ok(Json(resent))
}

/// The audit row of a resend, in its transaction; for a service that makes its own.
pub async fn resend_recorded(
    conn: &mut Conn,
    actor: &Actor,
    subject: &'static str,
    resent: &Resent,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let detail = json!({"sent": resent.sent, "cleared": resent.cleared.len()});
    audit::record(conn, actor, "messages.resent", subject, detail, now).await
}

#[cfg(test)]
mod tests {
    use messages::subjects::{CLUB, SALES};

    use super::*;

    #[test]
    fn a_service_answers_for_its_own_subjects_alone() {
        assert_eq!(ours(SALES, "order.paid").ok(), Some("order.paid"));
        assert!(ours(CLUB, "order.paid").is_err());
        assert!(ours(SALES, "order.made_up").is_err());
    }

    #[test]
    fn buckets_are_numbers() {
        assert_eq!(bucket_numbers("1,17").ok(), Some(vec![1, 17]));
        assert!(bucket_numbers("1,x").is_err());
    }
}
