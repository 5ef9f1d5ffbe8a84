//! What this service holds about a guest, section by section, and what the ticket site and the door hold.

use actix_web::web::{Bytes, Data};
use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Array, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::language::Language;
use futures::{Stream, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{Fault, peer};

use crate::Desk;

/// Whose, and in which language.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Key of the account.
    pub account: Uuid,
    /// The proven address.
    pub email: Option<String>,
    /// Of the mails' subjects.
    pub language: Language,
}

/// Sections of the file: each is a query of one JSON value for account `$1`. No secrets: nothing here lets
/// anybody sign in.
const SECTIONS: &[(&str, &str)] = &[
    (
        "account",
        "SELECT jsonb_build_object('id', id, 'email', email, 'phone', phone, 'name', name, 'language', language,
                'marketing', marketing, 'has_password', password_hash IS NOT NULL, 'created_at', created_at,
                'changed_at', changed_at) AS held
           FROM accounts WHERE id = $1",
    ),
    (
        "consents",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'granted', granted, 'at', at, 'source', source)
                ORDER BY id), '[]') AS held
           FROM consents WHERE account_id = $1",
    ),
    (
        "picture",
        "SELECT coalesce((SELECT jsonb_build_object('set_at', set_at,
                                 'jpeg_base64', replace(encode(jpeg, 'base64'), chr(10), ''))
                            FROM avatars WHERE account_id = $1), 'null') AS held",
    ),
    (
        "shifts",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('night', events.title, 'starts_at', shifts.starts_at,
                'ends_at', shifts.ends_at, 'post', shifts.post, 'note', shifts.note, 'planned_at', shifts.planned_at)
                ORDER BY shifts.starts_at), '[]') AS held
           FROM shifts JOIN events ON events.id = shifts.event_id WHERE shifts.account_id = $1",
    ),
    (
        "activity",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('act', act, 'at', at, 'detail', detail, 'address', address,
                'agent', agent) ORDER BY id), '[]') AS held
           FROM activity WHERE account_id = $1",
    ),
];

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = Jsonb)]
    held: Value,
}

/// Columns that are told of every other table whose rows belong to an account (sessions, passkeys, linked accounts and their
/// like), wherever they stand. What is named otherwise may be a secret, and is left out.
const TOLD: &[&str] = &[
    "name",
    "label",
    "nickname",
    "kind",
    "provider",
    "subject",
    "email",
    "phone",
    "number",
    "address",
    "agent",
    "device",
    "language",
    "role",
    "proof",
    "second_factor",
    "created_at",
    "made_at",
    "added_at",
    "linked_at",
    "confirmed_at",
    "opened_at",
    "refreshed_at",
    "used_at",
    "last_used_at",
    "seen_at",
    "last_seen_at",
    "ended_at",
    "expires_at",
    "disabled_at",
];

/// A query for each such table. A new one is in the file without anybody's doing.
const FURTHER: &str = "
    SELECT c.relname::text AS name,
           format('SELECT coalesce(jsonb_agg(jsonb_build_object(%s)), ''[]'') AS held FROM %s AS t WHERE t.%I = $1',
                  string_agg(format('%L, t.%I', told.attname, told.attname), ', ' ORDER BY told.attnum),
                  k.conrelid::regclass, own.attname) AS query
      FROM pg_constraint k
      JOIN pg_class c ON c.oid = k.conrelid
      JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attnum = k.conkey[1]
           AND own.attname IN ('id', 'account_id', 'account')
      JOIN pg_attribute told ON told.attrelid = k.conrelid AND told.attname::text = ANY ($1)
           AND NOT told.attisdropped AND told.atttypid <> 'bytea'::regtype
     WHERE k.contype = 'f' AND k.confrelid = 'accounts'::regclass AND c.relname NOT IN ('activity', 'consents')
     GROUP BY c.relname, k.conrelid, own.attname ORDER BY c.relname";

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    query: String,
}

#[derive(diesel::QueryableByName)]
struct Mail {
    #[diesel(sql_type = Text)]
    template: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Text>)]
    night: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    settled_at: Option<DateTime<Utc>>,
}

/// What the ticket site holds; an error where it does not answer.
pub async fn tickets(desk: &Desk, wanted: &Wanted) -> Result<Value, reqwest::Error> {
    let call = desk.purchase.call(Method::GET, &format!("/internal/v1/people/{}", wanted.account));
    let email = wanted.email.as_deref().unwrap_or_default();
    peer::answer(call.query(&[("email", email)])).await
}

/// What the door holds beside the tickets that the ticket site says are theirs; an error where it does not answer.
pub async fn door(desk: &Desk, tickets: &Value) -> Result<Value, reqwest::Error> {
    let ids = ids_in(tickets);
    if ids.is_empty() {
        return Ok(json!({}));
    }
    let call = desk.scanner.call(Method::POST, "/internal/v1/held");
    peer::answer(call.json(&json!({"tickets": ids}))).await
}

/// Keys of their tickets: those of their orders that are nobody else's, and those that were passed on to them.
fn ids_in(tickets: &Value) -> Vec<&str> {
    fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
        value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
    let bought = list(tickets, "orders").iter().flat_map(|order| list(order, "tickets"));
    let all = bought.chain(list(tickets, "tickets_received"));
    all.filter_map(|ticket| ticket.get("id").and_then(Value::as_str)).collect()
}

/// The file: one JSON object, section by section, so that a long history is never in memory as a whole. Each is read as a role that
/// sees this account alone. A section that can't be read breaks the download off, where the browser sees it.
pub fn file(
    desk: Data<Desk>,
    wanted: Wanted,
    made_at: DateTime<Utc>,
    (tickets, door): (Value, Value),
) -> impl Stream<Item = Result<Bytes, Fault>> {
    let head = format!("{{\n\"made_at\": {}", json!(made_at));
    let tail = format!(",\n\"ticket_site\": {tickets},\n\"door\": {door}\n}}\n");
    let (from, account) = (desk.clone(), wanted.account);
    let sections = futures::stream::iter(SECTIONS).then(move |&(name, query)| {
        let from = from.clone();
        async move {
            let held = from
                .db
                .transaction(async |conn| {
                    super::only(conn, account).await?;
                    section(conn, query, account).await
                })
                .await?;
            Ok::<_, Fault>(Bytes::from(format!(",\n\"{name}\": {held}")))
        }
    });
    let from = desk.clone();
    let further = futures::stream::once(async move {
        let held = from
            .db
            .transaction(async |conn| {
                super::only(conn, account).await?;
                further(conn, account).await
            })
            .await?;
        Ok::<_, Fault>(Bytes::from(format!(",\n\"further\": {held}")))
    });
    let letters = futures::stream::once(async move {
        let held = desk
            .db
            .transaction(async |conn| {
                super::only(conn, wanted.account).await?;
                mails(conn, &wanted).await
            })
            .await?;
        Ok::<_, Fault>(Bytes::from(format!(",\n\"emails\": {held}")))
    });
    let whole = |text: String| futures::stream::iter([Ok::<_, Fault>(Bytes::from(text))]);
    whole(head).chain(sections).chain(further).chain(letters).chain(whole(tail))
}

async fn section(conn: &mut Conn, query: &'static str, account: Uuid) -> Result<Value, DbError> {
    let row: Held = diesel::sql_query(query).bind::<SqlUuid, _>(account).kept().get_result(conn).await?;
    Ok(row.held)
}

/// What other tables hold of an account.
async fn further(conn: &mut Conn, account: Uuid) -> Result<Value, DbError> {
    let tables: Vec<Table> =
        diesel::sql_query(FURTHER).bind::<Array<Text>, _>(TOLD.to_vec()).kept().load(conn).await?;
    let mut held = serde_json::Map::new();
    for Table { name, query } in tables {
        let row: Held = diesel::sql_query(query).bind::<SqlUuid, _>(account).get_result(conn).await?;
        held.insert(name, row.held);
    }
    Ok(Value::Object(held))
}

/// What was written to their address: what kind of mail, about which night and order, when.
async fn mails(conn: &mut Conn, wanted: &Wanted) -> Result<Value, DbError> {
    let Some(email) = wanted.email.as_deref() else { return Ok(json!([])) };
    let mails: Vec<Mail> = diesel::sql_query(
        "SELECT m.template, m.reference, m.state, events.title AS night, m.created_at, m.settled_at
           FROM emails m LEFT JOIN events ON events.id = m.event_id
          WHERE lower(m.recipient) = lower($1) ORDER BY m.created_at",
    )
    .bind::<Text, _>(email)
    .kept()
    .load(conn)
    .await?;
    let told = |mail: Mail| {
        json!({
            "subject": subject(wanted.language, &mail.template),
            "kind": mail.template,
            "night": mail.night,
            "reference": mail.reference,
            "state": mail.state,
            "written_at": mail.created_at,
            "settled_at": mail.settled_at,
        })
    };
    Ok(mails.into_iter().map(told).collect())
}

/// What a mail is about, as the club's own log says it.
fn subject(lang: Language, template: &str) -> String {
    let key = format!("admin-emails-template-{}", template.replace('_', "-"));
    ui::try_text(lang, &key, &[]).unwrap_or_else(|| template.to_owned())
}
