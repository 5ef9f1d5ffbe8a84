//! The checks that run after every fault: what must hold at any quiet point.
//!
//! Each check is a statement that lists what is wrong; nothing listed is right. They look at all three schemas with the
//! owner's eyes, which no service can, and at what the sandbox says of its own money and mail. `tests/it/audited.rs` plants
//! a wrong row for each of them and sees it named.

mod desk;
mod door;
mod messages;
mod money;
mod parties;
mod sales;
mod tables;

use crate::{
    sandbox,
    wait::{PATIENCE, until},
};
use anyhow::{Context, Result};
use devstack::Stack;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};

/// What must hold, and the statement that lists where it does not.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What must hold.
    pub name: &'static str,
    /// Gives a row `wrong` for each place where it does not.
    pub statement: &'static str,
}

/// A check from its two texts.
const fn check(name: &'static str, statement: &'static str) -> Check {
    Check { name, statement }
}

/// All checks.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    let of_sales = [sales::CHECKS, money::CHECKS, tables::CHECKS];
    let between = [messages::CHECKS, door::CHECKS, parties::CHECKS, desk::CHECKS];
    of_sales.into_iter().chain(between).flatten()
}

#[derive(Debug, QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Text)]
    wrong: String,
}

#[derive(Debug, QueryableByName)]
struct Sum {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    sum: i64,
}

/// Waits until everything holds.
///
/// # Panics
/// With all that is still wrong when a person's patience is at its end.
pub async fn holds(stack: &Stack) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let wrong = until("all invariants hold", PATIENCE * 2, || async {
        match faults(stack).await {
            Ok(faults) if faults.is_empty() => Some(Vec::new()),
            Ok(faults) if tokio::time::Instant::now() > deadline => Some(faults),
            Err(fault) if tokio::time::Instant::now() > deadline => Some(vec![format!("{fault:#}")]),
            _ => None,
        }
    })
    .await;
    assert_eq!(wrong, Vec::<String>::new(), "{}", stack.log(devstack::Service::Purchase));
}

/// All that is wrong now.
///
/// # Errors
/// When the database or the sandbox does not answer.
pub async fn faults(stack: &Stack) -> Result<Vec<String>> {
    let mut conn = open(stack).await?;
    let mut faults = Vec::new();
    for check in checks() {
        let wrong = wrong(&mut conn, check).await?;
        faults.extend(wrong.iter().map(|wrong| format!("{}: {wrong}", check.name)));
    }
    Ok(faults)
}

/// A connection with the owner's eyes, on which the checks find what the sandbox says as the setting `audit.provider`.
///
/// # Errors
/// When the database or the sandbox does not answer.
pub async fn open(stack: &Stack) -> Result<AsyncPgConnection> {
    let mut conn = AsyncPgConnection::establish(&stack.database.admin_url()).await?;
    let told = provider(&sandbox::state(stack).await?, &sandbox::mails(stack).await?);
    sql_query("select set_config('audit.provider', $1, false)")
        .bind::<Text, _>(told.to_string())
        .execute(&mut conn)
        .await?;
    Ok(conn)
}

/// What the checks need of what the sandbox says.
fn provider(state: &Value, mails: &[Value]) -> Value {
    let money = state["money"].as_object().into_iter().flatten();
    let money = money.map(|(currency, money)| {
        json!({
            "currency": currency.to_uppercase(), "captured": money["captured"], "refunded": money["refunded"],
            "disputed": money["disputed"], "dispute_fees": money["dispute_fees"],
        })
    });
    let mails = mails.iter().map(|mail| json!({"key": mail["idempotency_key"]}));
    json!({
        "payments": state["payments"], "disputes": state["disputes"], "money": money.collect::<Vec<_>>(), "mails": mails.collect::<Vec<_>>(),
    })
}

/// Where a check does not hold, as seen by `conn`.
///
/// # Errors
/// When the database refuses the statement.
pub async fn wrong(conn: &mut AsyncPgConnection, check: &Check) -> Result<Vec<String>> {
    let rows: Vec<Wrong> = sql_query(check.statement).load(conn).await.context(check.name)?;
    Ok(rows.into_iter().map(|row| row.wrong).collect())
}

/// Counts rows of a statement `select count(*) as sum …`.
///
/// # Errors
/// When the database refuses it.
pub async fn count(stack: &Stack, statement: &str) -> Result<i64> {
    let mut conn = AsyncPgConnection::establish(&stack.database.admin_url()).await?;
    Ok(sql_query(statement).get_result::<Sum>(&mut conn).await?.sum)
}

/// Changes rows behind the services' backs: lets time pass, or a mistake have happened.
///
/// # Errors
/// When the database refuses it.
pub async fn change(stack: &Stack, statements: &str) -> Result<()> {
    let mut conn = AsyncPgConnection::establish(&stack.database.admin_url()).await?;
    Ok(conn.batch_execute(statements).await?)
}
