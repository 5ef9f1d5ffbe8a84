//! `expand[]=latest_charge.balance_transaction`: ids replaced by what they name.

use serde_json::Value;

use super::view;
use crate::books::Books;
use crate::house::House;

/// Expands one dotted path in place. A path that leads nowhere changes nothing.
pub fn expand(house: &House, books: &Books, object: &mut Value, path: &str) {
    let (field, rest) = path.split_once('.').unwrap_or((path, ""));
    if let Some(list) = object.as_array_mut() {
        for item in list {
            expand(house, books, item, path);
        }
        return;
    }
    if field == "line_items" && object["object"] == "checkout.session" {
        add_line_items(books, object);
    }
    let Some(value) = object.get_mut(field) else { return };
    if let Some(found) = value.as_str().and_then(|id| named(house, books, id)) {
        *value = found;
    }
    if !rest.is_empty() {
        expand(house, books, value, rest);
    }
}

fn add_line_items(books: &Books, object: &mut Value) {
    let items = object["id"].as_str().and_then(|id| super::sessions::line_items(books, id).ok());
    if let Some(items) = items {
        object["line_items"] = items;
    }
}

fn named(house: &House, books: &Books, id: &str) -> Option<Value> {
    match id.split('_').next()? {
        "cs" => books.sessions.get(id).map(|session| view::session(session, &house.public_url)),
        "pi" => books.payments.get(id).map(view::payment),
        "ch" => books.charges.get(id).map(view::charge),
        "re" => books.refunds.get(id).map(view::refund),
        "po" => books.payouts.get(id).map(view::payout),
        "txn" => books.movements.get(id).map(view::movement),
        _ => None,
    }
}
