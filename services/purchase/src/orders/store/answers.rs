//! The SQL of what guests answered with their order. Personal data in a table of its own: it is deleted without touching the order.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::event::question::{Answer, QuestionKind};
use domain::ids::OrderId;
use internal_api::purchase::orders::Answered;
use uuid::Uuid;

use crate::schema::order_answers;

/// An answer, about to be stored.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = order_answers)]
pub(crate) struct AnswerRow {
    id: Uuid,
    order_id: Uuid,
    position: i32,
    question_id: Uuid,
    ticket_type_id: Option<Uuid>,
    ticket_number: Option<i32>,
    kind: String,
    label: String,
    value: String,
    shown: String,
    answered_at: DateTime<Utc>,
}

impl AnswerRow {
    pub(crate) fn of(answer: &Answer, order: OrderId, position: i32, now: DateTime<Utc>) -> Self {
        let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            id: Uuid::now_v7(),
            order_id: order.uuid(),
            position,
            question_id: answer.slot.question.uuid(),
            ticket_type_id: answer.slot.ticket.map(|(kind, _)| kind.uuid()),
            ticket_number: answer.slot.ticket.map(|(_, number)| small(number)),
            kind: answer.kind.code().to_owned(),
            label: answer.label.clone(),
            value: answer.value.clone(),
            shown: answer.shown.clone(),
            answered_at: now,
        }
    }
}

/// A statement takes 65,535 values; a row has eleven.
const ROWS: usize = 1000;

pub(crate) async fn insert(conn: &mut Conn, rows: &[AnswerRow]) -> Result<(), DbError> {
    for chunk in rows.chunks(ROWS) {
        diesel::insert_into(order_answers::table).values(chunk).execute(conn).await?;
    }
    Ok(())
}

/// What was answered with an order, in the order in which it was asked.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Answered>, DbError> {
    let rows = diesel::sql_query(
        "SELECT a.question_id AS question, t.name AS type_name, a.ticket_number AS number, a.kind, a.label, a.value, a.shown
           FROM order_answers a LEFT JOIN ticket_types t ON t.id = a.ticket_type_id
          WHERE a.order_id = $1 ORDER BY a.position",
    )
    .bind::<SqlUuid, _>(order.uuid())
    .load(conn)
    .await?;
    Ok(rows)
}

/// When guests were born, by order, and by the ticket's type and its number among those of the type where a ticket was asked for.
pub(crate) type BirthDates = HashMap<(Uuid, Option<(Uuid, i32)>), NaiveDate>;

#[derive(QueryableByName)]
struct BornRow {
    #[diesel(sql_type = SqlUuid)]
    order_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    ticket_type_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    ticket_number: Option<i32>,
    #[diesel(sql_type = Text)]
    value: String,
}

/// What was answered with some orders where a date of birth was asked for; of several such questions, to the first.
pub(crate) async fn birth_dates(conn: &mut Conn, orders: Vec<Uuid>) -> Result<BirthDates, DbError> {
    let rows: Vec<BornRow> = diesel::sql_query(
        "SELECT order_id, ticket_type_id, ticket_number, value FROM order_answers
          WHERE order_id = ANY($1) AND kind = $2 ORDER BY position DESC",
    )
    .bind::<Array<SqlUuid>, _>(orders)
    .bind::<Text, _>(QuestionKind::BirthDate.code())
    .load(conn)
    .await?;
    let born = rows.into_iter().filter_map(|row| {
        let ticket = row.ticket_type_id.zip(row.ticket_number);
        Some(((row.order_id, ticket), row.value.parse::<NaiveDate>().ok()?))
    });
    Ok(born.collect())
}

/// Forgets what was answered with orders that ran out before an instant: nobody comes with them.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let gone = diesel::sql_query(
        "DELETE FROM order_answers a USING orders o
          WHERE o.id = a.order_id AND o.state = 'expired' AND o.expired_at < $1",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?;
    Ok(gone)
}
