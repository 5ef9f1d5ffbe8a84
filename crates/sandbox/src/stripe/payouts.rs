//! Payouts: what stands on the balance goes to the shop's bank, and sometimes comes back.
//!
//! Stripe makes them by a schedule: here the control interface does, and puts other lines on the balance as well, for tests and
//! for whoever tries the club out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{Movement, MovementKind, Payout, PayoutStatus};
use super::{events, view};
use crate::books::Books;
use crate::ids;
use crate::moment::Moment;

/// From the order to the bank, seconds.
const ARRIVES_IN: i64 = 2 * 24 * 60 * 60;

/// A payout to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Making {
    /// Of this currency's balance, all that no payout has taken.
    #[serde(default = "eur")]
    pub currency: String,
    /// How far it goes at once.
    #[serde(default = "paid")]
    pub status: PayoutStatus,
    /// Seconds until it arrives.
    pub arrives_in: Option<i64>,
}

/// How it goes on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Where it stands from now on.
    pub status: PayoutStatus,
}

/// A line for the balance that no guest caused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Minor units, negative when money leaves.
    pub amount: i64,
    /// `stripe_fee` or `topup`.
    pub kind: MovementKind,
    /// Of which balance.
    #[serde(default = "eur")]
    pub currency: String,
}

fn eur() -> String {
    "eur".to_owned()
}

fn paid() -> PayoutStatus {
    PayoutStatus::Paid
}

/// Pays out; says in a sentence why not.
pub fn make(books: &mut Books, moment: &Moment, asked: &Making) -> Result<Value, String> {
    if asked.status.came_back() {
        return Err("a payout begins as pending, in_transit or paid".to_owned());
    }
    let mine = |line: &&Movement| {
        line.payout.is_none() && line.currency == asked.currency && line.kind != MovementKind::Payout
    };
    let lines: Vec<String> = books.movements.iter().filter(mine).map(|line| line.id.clone()).collect();
    let amount: i64 = books.movements.iter().filter(mine).map(|line| line.amount - line.fee).sum();
    if amount <= 0 {
        return Err("nothing stands on the balance".to_owned());
    }
    let id = ids::random("po_1", 23);
    for line in &lines {
        if let Some(line) = books.movements.get_mut(line) {
            line.payout = Some(id.clone());
        }
    }
    let movement = line(books, moment, &asked.currency, -amount, MovementKind::Payout, &id);
    if let Some(line) = books.movements.get_mut(&movement) {
        line.payout = Some(id.clone());
    }
    books.payouts.add(Payout {
        id: id.clone(),
        created: moment.now,
        arrival: moment.now + asked.arrives_in.unwrap_or(ARRIVES_IN),
        amount,
        currency: asked.currency.clone(),
        status: asked.status,
        movement,
        failure_movement: None,
    });
    let shown = told(books, moment, &id, "payout.created");
    if asked.status == PayoutStatus::Paid {
        told(books, moment, &id, "payout.paid");
    }
    Ok(shown)
}

/// Moves a payout on; says in a sentence why not.
pub fn go_on(books: &mut Books, moment: &Moment, id: &str, asked: &Move) -> Result<Value, String> {
    let before = books.payouts.get(id).cloned().ok_or("no such payout")?;
    let after = asked.status;
    // Banks send back what Stripe took for paid.
    let may = match before.status {
        PayoutStatus::Pending => after != PayoutStatus::Pending,
        PayoutStatus::InTransit => matches!(after, PayoutStatus::Paid | PayoutStatus::Failed),
        PayoutStatus::Paid => after == PayoutStatus::Failed,
        PayoutStatus::Failed | PayoutStatus::Canceled => false,
    };
    if !may {
        return Err(format!("a payout does not go from {} to {}", before.status.code(), after.code()));
    }
    let back = after.came_back().then(|| {
        let kind = match after {
            PayoutStatus::Failed => MovementKind::PayoutFailure,
            _ => MovementKind::PayoutCancel,
        };
        line(books, moment, &before.currency, before.amount, kind, id)
    });
    if let Some(payout) = books.payouts.get_mut(id) {
        payout.status = after;
        payout.failure_movement = back;
    }
    let kind = match after {
        PayoutStatus::Paid => "payout.paid",
        PayoutStatus::Failed => "payout.failed",
        PayoutStatus::Canceled => "payout.canceled",
        PayoutStatus::Pending | PayoutStatus::InTransit => "payout.updated",
    };
    Ok(told(books, moment, id, kind))
}

/// Puts a line on the balance; says in a sentence why not.
pub fn other(books: &mut Books, moment: &Moment, asked: &Other) -> Result<Value, String> {
    if !matches!(asked.kind, MovementKind::StripeFee | MovementKind::Topup) {
        return Err("only stripe_fee and topup".to_owned());
    }
    let id = line(books, moment, &asked.currency, asked.amount, asked.kind, "");
    Ok(json!({ "id": id }))
}

fn line(
    books: &mut Books,
    moment: &Moment,
    currency: &str,
    amount: i64,
    kind: MovementKind,
    source: &str,
) -> String {
    let id = ids::random("txn_1", 23);
    books.movements.add(Movement {
        id: id.clone(),
        created: moment.now,
        amount,
        fee: 0,
        currency: currency.to_owned(),
        source: source.to_owned(),
        kind,
        description: None,
        payout: None,
    });
    id
}

/// Raises an event with the payout as it is now.
fn told(books: &mut Books, moment: &Moment, id: &str, kind: &str) -> Value {
    let object = books.payouts.get(id).map_or(Value::Null, view::payout);
    events::raise(books, moment, kind, object.clone(), None);
    object
}
