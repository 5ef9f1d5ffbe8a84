//! A reservation as its booker sees it on the order's page.

use chrono_tz::Tz;
use db::{Conn, DbError};
use domain::language::Language;
use domain::money::{Currency, Money};
use domain::reservation::{ReservationState, balance_minor};
use ui::{format, text};
use uuid::Uuid;

use super::store::{self, ReservationRow, TableRow};

/// A reservation with its tables.
#[derive(Debug, Clone)]
pub(crate) struct Reserved {
    pub row: ReservationRow,
    pub tables: Vec<TableRow>,
}

/// The section of the order's page.
#[derive(Debug)]
pub(crate) struct TableSection {
    /// "Table 12", or several.
    pub name: String,
    /// Where it stands, in a word; empty where the page says it already.
    pub state: String,
    pub tone: &'static str,
    pub icon: &'static str,
    /// What was agreed, line by line.
    pub facts: Vec<(String, String)>,
    /// What was ordered beforehand, with what it costs.
    pub preorder: Vec<(String, String)>,
    /// What the booker asked for; may be empty.
    pub wish: String,
    /// What is left to pay at the venue.
    pub balance: String,
    /// Whether the party is still expected.
    pub expected: bool,
}

/// The reservation that an order pays for.
pub(crate) async fn of_order(conn: &mut Conn, order: Uuid) -> Result<Option<Reserved>, DbError> {
    let Some(row) = store::of_order(conn, order).await? else { return Ok(None) };
    let tables = store::tables_of(conn, row.id).await?;
    Ok(Some(Reserved { row, tables }))
}

impl Reserved {
    /// How it is shown.
    pub(crate) fn section(&self, lang: Language, tz: Tz) -> TableSection {
        let row = &self.row;
        let currency = row.currency.parse().unwrap_or(Currency::Eur);
        let money = |minor: i64| format::money(lang, Money::new(minor, currency));
        let say = |key: &str| text(lang, key, &[]);
        let labels: Vec<String> = self.tables.iter().map(|table| named(&table.label, lang)).collect();
        let mut facts = vec![
            (say("booking-party"), text(lang, "booking-people", &[("count", &row.party)])),
            (say("booking-arrives"), format::date_time(lang, row.arrives_at, tz)),
        ];
        for (key, said) in [("booking-host", &row.host), ("booking-occasion", &row.occasion)] {
            if !said.is_empty() {
                facts.push((say(key), said.clone()));
            }
        }
        for (key, minor) in [("booking-minimum", row.minimum_minor), ("booking-deposit", row.deposit_minor)] {
            if minor > 0 {
                facts.push((say(key), money(minor)));
            }
        }
        let balance = balance_minor(row.minimum_minor, row.spent_minor, row.deposit_minor);
        let preorder = row.preorder().into_iter().map(|item| {
            let each = item.price_minor.saturating_mul(i64::from(item.quantity));
            (format!("{} × {}", item.quantity, item.name), money(each))
        });
        let (state, tone, icon) = word(row.state());
        TableSection {
            name: labels.join(" + "),
            state: if state.is_empty() { String::new() } else { say(state) },
            tone,
            icon,
            facts,
            preorder: preorder.collect(),
            wish: row.wish.clone(),
            balance: money(balance),
            expected: row.state().is_live(),
        }
    }
}

/// A table's name as it stands on tickets, said in the reader's language.
fn named(label: &str, lang: Language) -> String {
    let Some(own) = label.strip_prefix("Table ") else { return label.to_owned() };
    let own = own.to_owned();
    text(lang, "tables-table", &[("label", &own)])
}

/// The word of a state with its looks. What waits or has run out, the page says over all else.
const fn word(state: ReservationState) -> (&'static str, &'static str, &'static str) {
    match state {
        ReservationState::Requested | ReservationState::Pending | ReservationState::Expired => {
            ("", "quiet", "info")
        }
        ReservationState::Confirmed => ("booking-confirmed", "good", "check"),
        ReservationState::CheckedIn => ("booking-checked-in", "good", "check"),
        ReservationState::Closed => ("booking-closed", "quiet", "check"),
        ReservationState::Cancelled => ("booking-cancelled", "attention", "info"),
        ReservationState::NoShow => ("booking-no-show", "attention", "info"),
    }
}
