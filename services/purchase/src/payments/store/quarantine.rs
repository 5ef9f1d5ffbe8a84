//! What waits for a person.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

use crate::payments::Session;
use crate::payments::quarantine_list::OpenOddity;
use crate::schema::quarantine;

/// Money or a message that fits no order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Oddity<'a> {
    pub kind: &'static str,
    /// Stripe's id of what it is about: a session or a refund.
    pub object: &'a str,
    pub payment_intent: Option<&'a str>,
    pub order: Option<OrderId>,
    pub amount_minor: Option<i64>,
    pub currency: Option<&'a str>,
    pub note: String,
}

impl<'a> Oddity<'a> {
    /// About a session.
    pub(crate) fn session(
        kind: &'static str,
        session: &'a Session,
        order: Option<OrderId>,
        note: String,
    ) -> Self {
        Self {
            kind,
            object: &session.id,
            payment_intent: session.payment_intent.as_deref(),
            order,
            amount_minor: Some(session.amount_minor),
            currency: Some(&session.currency),
            note,
        }
    }
}

/// Keeps an oddity until a person has looked. Once per kind and object; `true`: it is new.
pub(crate) async fn quarantine(
    conn: &mut Conn,
    oddity: &Oddity<'_>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let id = Uuid::now_v7();
    let kept: Uuid = diesel::insert_into(quarantine::table)
        .values((
            quarantine::id.eq(id),
            quarantine::kind.eq(oddity.kind),
            quarantine::object_id.eq(oddity.object),
            quarantine::payment_intent.eq(oddity.payment_intent),
            quarantine::order_id.eq(oddity.order.map(OrderId::uuid)),
            quarantine::amount_minor.eq(oddity.amount_minor),
            quarantine::currency.eq(oddity.currency),
            quarantine::note.eq(&oddity.note),
            quarantine::noted_at.eq(now),
        ))
        .on_conflict((quarantine::kind, quarantine::object_id))
        .do_update()
        .set(quarantine::note.eq(excluded(quarantine::note)))
        .returning(quarantine::id)
        .get_result(conn)
        .await?;
    Ok(kept == id)
}

/// An oddity that has explained itself needs no person any more.
pub(crate) async fn explained(
    conn: &mut Conn,
    kind: &str,
    object: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(quarantine::table)
        .filter(quarantine::kind.eq(kind))
        .filter(quarantine::object_id.eq(object))
        .filter(quarantine::resolved_at.is_null())
        .set(quarantine::resolved_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Kind and object of an oddity that nobody has looked at.
pub(crate) async fn open_oddity(conn: &mut Conn, id: Uuid) -> Result<Option<(String, String)>, DbError> {
    let open = quarantine::table
        .find(id)
        .filter(quarantine::resolved_at.is_null())
        .select((quarantine::kind, quarantine::object_id))
        .first(conn)
        .await;
    Ok(open.optional()?)
}

/// A person has looked: kind and object. None if there is no such oddity, or somebody has looked before.
pub(crate) async fn resolve(
    conn: &mut Conn,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<(String, String)>, DbError> {
    let resolved = diesel::update(quarantine::table.find(id))
        .filter(quarantine::resolved_at.is_null())
        .set(quarantine::resolved_at.eq(now))
        .returning((quarantine::kind, quarantine::object_id))
        .get_result(conn)
        .await;
    Ok(resolved.optional()?)
}

/// The oldest oddities that nobody has looked at.
pub(crate) async fn open_oddity_list(conn: &mut Conn) -> Result<Vec<OpenOddity>, DbError> {
    let rows = quarantine::table
        .filter(quarantine::resolved_at.is_null())
        .order(quarantine::noted_at)
        .limit(200)
        .select((
            quarantine::id,
            quarantine::kind,
            quarantine::object_id,
            quarantine::payment_intent,
            quarantine::amount_minor,
            quarantine::currency,
            quarantine::note,
            quarantine::noted_at,
        ))
        .load(conn)
        .await?;
    Ok(rows)
}

/// How many oddities nobody has looked at.
pub(crate) async fn open_oddities(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(quarantine::table.filter(quarantine::resolved_at.is_null()).count().get_result(conn).await?)
}
