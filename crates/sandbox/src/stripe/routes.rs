//! Every URL of Stripe that the sandbox plays, in one table.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors::ApiError;
use super::form::parse;
use super::params::{Expand, Page};
use super::{disputes, expand, lists, refunds, sessions, view};
use crate::books::Books;
use crate::house::House;
use crate::moment::Moment;

/// A request to Stripe, read.
#[derive(Debug)]
pub struct Request<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// `/v1/…`
    pub path: &'a str,
    /// The raw query.
    pub query: &'a str,
    /// The raw body.
    pub body: &'a str,
}

impl Request<'_> {
    /// Where the parameters are: the query of a GET, the body of a POST.
    fn parameters(&self) -> &str {
        if self.method == "GET" { self.query } else { self.body }
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        parse(self.parameters())
    }
}

/// Does what a request asks and says what Stripe would.
pub fn answer(
    house: &House,
    books: &mut Books,
    moment: &Moment,
    asked: &Request<'_>,
) -> Result<Value, ApiError> {
    let mut object = act(house, books, moment, asked)?;
    let paths: Expand = asked.read()?;
    for path in &paths.expand {
        expand::expand(house, books, &mut object, path);
    }
    Ok(object)
}

fn act(house: &House, books: &mut Books, moment: &Moment, asked: &Request<'_>) -> Result<Value, ApiError> {
    let steps: Vec<&str> = asked.path.trim_start_matches("/v1/").split('/').collect();
    match (asked.method, steps.as_slice()) {
        ("POST", ["checkout", "sessions"]) => sessions::create(house, books, moment, asked.read()?),
        ("GET", ["checkout", "sessions"]) => lists::sessions(house, books, &asked.read()?),
        ("GET", ["checkout", "sessions", id]) => sessions::retrieve(house, books, id),
        ("GET", ["checkout", "sessions", id, "line_items"]) => sessions::line_items(books, id),
        ("POST", ["checkout", "sessions", id, "expire"]) => sessions::expire(house, books, moment, id),
        ("POST", ["refunds"]) => refunds::create(books, moment, asked.read()?),
        ("GET", ["payment_intents"]) => lists::payments(books, &asked.read()?),
        ("GET", ["charges"]) => lists::charges(books, &asked.read()?),
        ("GET", ["refunds"]) => lists::refunds(books, &asked.read::<Page>()?),
        ("GET", ["disputes"]) => lists::disputes(books, &asked.read()?, moment.now),
        ("GET", ["disputes", id]) => disputes::retrieve(books, id, moment.now),
        ("GET", ["balance_transactions"]) => lists::movements(books, &asked.read()?),
        ("GET", ["payouts"]) => lists::payouts(books, &asked.read()?),
        ("GET", ["events"]) => lists::events(books, &asked.read()?),
        ("GET", [kind, id]) => retrieve(books, kind, id).unwrap_or_else(|| Err(no_url(asked))),
        _ => Err(no_url(asked)),
    }
}

fn no_url(asked: &Request<'_>) -> ApiError {
    ApiError::no_such_url(asked.method, asked.path)
}

/// One object by id; nothing when the sandbox does not know its kind.
fn retrieve(books: &Books, kind: &str, id: &str) -> Option<Result<Value, ApiError>> {
    let (what, param, found) = match kind {
        "payment_intents" => ("payment_intent", "intent", books.payments.get(id).map(view::payment)),
        "charges" => ("charge", "id", books.charges.get(id).map(view::charge)),
        "refunds" => ("refund", "id", books.refunds.get(id).map(view::refund)),
        "payouts" => ("payout", "payout", books.payouts.get(id).map(view::payout)),
        "balance_transactions" => ("balance transaction", "id", books.movements.get(id).map(view::movement)),
        "events" => ("event", "id", books.events.get(id).map(super::events::Event::view)),
        _ => return None,
    };
    Some(found.ok_or_else(|| ApiError::no_such(what, param, id)))
}
