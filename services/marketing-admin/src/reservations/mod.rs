//! Who has which table on a night, as the desk shows and mails it. The reservations are purchase's; [`consume`] keeps what it says of
//! them ([`store`]), and [`mail`] writes to whoever booked when something about their table is otherwise than they know, [`remind`]
//! the day before.
//!
//! [`board`] is the night's page: every table with its party, its host, what was paid, is spent and still owed, and what can be done
//! about it ([`run_sheet`] is the same on paper, for who serves). It works without a script; with one it changes by itself ([`live`]). [`api`] is its list for staff's programs. Its forms ([`act`]) ask purchase ([`purchase`]) and lead back to the board, which by then
//! shows how the reservation stands. Who waits for a table, the ticket site is asked ([`waiting`]).

pub mod act;
pub mod api;
pub mod board;
pub mod consume;
mod hosts;
mod lines;
pub mod live;
mod mail;
mod plan;
pub mod purchase;
pub mod remind;
mod room;
pub mod run_sheet;
pub mod store;
mod waiting;

use domain::language::Language;

/// Tables that stand together, in a reader's words: "Table 12 + 13".
pub(crate) fn named(labels: &[&str], lang: Language) -> String {
    ui::text(lang, "reservations-table", &[("label", &short(labels))])
}

/// Whether this stands in the place of the address of somebody who was forgotten.
pub(crate) fn is_erased(email: &str) -> bool {
    email.ends_with("@erased.invalid")
}

/// What is written on them: "12 + 13".
pub(crate) fn short(labels: &[&str]) -> String {
    labels.iter().map(|label| bare(label)).collect::<Vec<_>>().join(" + ")
}

/// What is written on a table, "12", whatever its passes call it: "Table 12".
pub(crate) fn bare(label: &str) -> &str {
    label.strip_prefix("Table ").unwrap_or(label)
}
