//! A reservation as the board shows it: in words, with what can be done about it.

use std::collections::HashMap;

use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::reservation::ReservationState as State;
use ui::{Shell, format};

use super::act::Act;
use super::room::{Free, Room};
use super::store::{Preorder, Reservation, TableOf};
use super::{bare, named};
use crate::events::store::Event;

/// What the lines of a board have in common.
pub(super) struct Frame<'a> {
    pub shell: &'a Shell,
    pub zone: Tz,
    pub night: &'a Event,
    pub room: &'a Room,
    /// All of the night.
    pub all: &'a [Reservation],
}

/// A state: a colour, a symbol and a word.
pub(super) struct Badge {
    pub tone: &'static str,
    pub icon: &'static str,
    pub word: String,
}

/// One of several in a form.
pub(super) struct Choice {
    pub id: String,
    pub label: String,
}

/// A reservation.
pub(super) struct Line {
    pub id: String,
    pub state: String,
    pub badge: Badge,
    pub table: String,
    pub booker: String,
    pub email: String,
    pub party: i64,
    /// The largest party at its tables.
    pub seats: i64,
    pub people: String,
    pub arrives: String,
    /// Where that is between doors and end, of a thousand.
    pub from: i64,
    pub occasion: String,
    pub wish: String,
    pub preorder: Vec<String>,
    pub host: String,
    /// Over the first of each host's tables, where they stand by host: who that is; else empty.
    pub group: String,
    pub promoter: String,
    pub deposit: String,
    /// Until when an unpaid one is held; else empty.
    pub held: String,
    pub minimum: String,
    pub spent: String,
    /// The same as a field takes it.
    pub spent_field: String,
    pub balance: String,
    pub reference: String,
    pub moves_to: Vec<Choice>,
    pub swaps_with: Vec<Choice>,
    pub merges: Vec<Choice>,
    acts: Vec<Act>,
    /// What was refused just before, and what had been written.
    refused: Option<(Act, HashMap<String, String>)>,
}

impl Line {
    pub(super) fn of(row: &Reservation, frame: &Frame<'_>) -> Self {
        let (shell, zone) = (frame.shell, frame.zone);
        let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
        let money = |minor| format::money(shell.lang, Money::new(minor, currency));
        let state = row.state();
        let tables = row.tables();
        let held = row.held_until.filter(|_| state == Some(State::Pending));
        let acts = acts(state, tables.len());
        Self {
            id: row.id.to_string(),
            state: row.state.clone(),
            badge: badge(&row.state, shell),
            table: names(row, shell),
            booker: row.booker_name.clone(),
            email: row.booker_email.clone(),
            party: row.party,
            seats: tables.iter().map(|table| table.seats).sum(),
            people: shell.t1("reservations-people", "count", row.party),
            arrives: format::time(shell.lang, row.arrives_at, zone),
            from: share(row, frame.night),
            occasion: row.occasion.clone(),
            wish: row.wish.clone(),
            preorder: row.preorder().iter().map(|item| ordered(item, currency, shell)).collect(),
            host: row.host.clone(),
            group: String::new(),
            promoter: row.promoter.clone(),
            deposit: money(row.deposit_minor),
            held: held
                .map(|until| held_until(shell, &format::time(shell.lang, until, zone)))
                .unwrap_or_default(),
            minimum: money(row.minimum_minor),
            spent: money(row.spent_minor),
            spent_field: currency.write_minor(row.spent_minor),
            balance: money(row.balance_minor),
            reference: row.order_reference.clone(),
            moves_to: offered(&acts, Act::Move, || choices(frame.room.free_for(row.party), shell)),
            swaps_with: offered(&acts, Act::Swap, || others(row, frame)),
            merges: offered(&acts, Act::Merge, || choices(frame.room.beside(&tables), shell)),
            acts,
            refused: None,
        }
    }

    /// The same, with what was refused just before.
    pub(super) fn refused(mut self, act: Act, entered: HashMap<String, String>) -> Self {
        self.refused = Some((act, entered));
        self
    }

    /// Whether something can be done about it, as the form names it. Where a choice is needed, there has to be one.
    pub(super) fn can(&self, act: &str) -> bool {
        let choice = match act {
            "move" => !self.moves_to.is_empty(),
            "swap" => !self.swaps_with.is_empty(),
            "merge" => !self.merges.is_empty(),
            _ => true,
        };
        choice && self.acts.iter().any(|each| each.code() == act)
    }

    /// Whether anything can be done about it.
    pub(super) fn can_any(&self) -> bool {
        !self.acts.is_empty()
    }

    /// Whether this form was refused just before.
    pub(super) fn opens(&self, act: &str) -> bool {
        self.refused.as_ref().is_some_and(|(refused, _)| refused.code() == act)
    }

    /// What stands in a field of a form: what was written, or else what is so now.
    pub(super) fn value(&self, act: &str, name: &str, now: &str) -> String {
        let written = self.refused.as_ref().filter(|_| self.opens(act));
        written.and_then(|(_, entered)| entered.get(name).cloned()).unwrap_or_else(|| now.to_owned())
    }
}

/// Writes over the first table of each host, among tables that stand by host, who looks after them.
pub(super) fn group(lines: &mut [Line], shell: &Shell) {
    for same in lines.chunk_by_mut(|one, next| one.host.to_lowercase() == next.host.to_lowercase()) {
        let count = same.len();
        if let Some(first) = same.first_mut() {
            first.group = if first.host.is_empty() {
                shell.t1("tables-desk-hostless", "count", count)
            } else {
                shell.t2("tables-desk-hosted", "name", &first.host, "count", count)
            };
        }
    }
}

/// The tables of a reservation in words.
pub(super) fn names(row: &Reservation, shell: &Shell) -> String {
    let tables = row.tables();
    let labels: Vec<&str> = tables.iter().map(|table| table.label.as_str()).collect();
    named(&labels, shell.lang)
}

/// What is written on its first table: what the board is ordered by.
pub(super) fn first_label(row: &Reservation) -> String {
    let tables = row.tables();
    tables.as_slice().first().map(|table: &TableOf| bare(&table.label).to_owned()).unwrap_or_default()
}

/// What may be done about a reservation in this state that has so many tables.
fn acts(state: Option<State>, tables: usize) -> Vec<Act> {
    let all: &[Act] = match state {
        Some(State::Requested) => &[Act::Approve, Act::Decline],
        Some(State::Pending) => &[Act::Host, Act::Move, Act::Cancel],
        Some(State::Confirmed) => {
            &[Act::Tab, Act::Host, Act::Party, Act::Move, Act::Swap, Act::Merge, Act::Release, Act::Cancel]
        }
        Some(State::CheckedIn) => {
            &[Act::Tab, Act::Host, Act::Party, Act::Move, Act::Swap, Act::Merge, Act::Close]
        }
        Some(State::Closed | State::Expired | State::Cancelled | State::NoShow) | None => &[],
    };
    // Who has several tables changes places with nobody.
    all.iter().copied().filter(|act| tables <= 1 || *act != Act::Swap).collect()
}

fn offered(acts: &[Act], act: Act, choices: impl FnOnce() -> Vec<Choice>) -> Vec<Choice> {
    if acts.contains(&act) { choices() } else { Vec::new() }
}

fn choices(free: Vec<Free>, shell: &Shell) -> Vec<Choice> {
    free.into_iter().map(|table| Choice { label: told(&table, shell), id: table.id.to_string() }).collect()
}

/// A free table in words.
pub(super) fn told(table: &Free, shell: &Shell) -> String {
    let key = if table.kept { "reservations-free-kept" } else { "reservations-free-table" };
    shell.t2(key, "label", &table.label, "seats", table.seats)
}

/// With whom a reservation can change places: whoever else has one table, if each party fits at the other's.
fn others(row: &Reservation, frame: &Frame<'_>) -> Vec<Choice> {
    let seats = |row: &Reservation| row.tables().iter().map(|table| table.seats).sum::<i64>();
    let fits = |other: &&Reservation| {
        other.id != row.id
            && matches!(other.state(), Some(State::Confirmed | State::CheckedIn))
            && other.tables().len() == 1
            && other.party <= seats(row)
            && row.party <= seats(other)
    };
    let choice = |other: &Reservation| Choice {
        id: other.id.to_string(),
        label: format!("{} · {}", names(other, frame.shell), other.booker_name),
    };
    frame.all.iter().filter(fits).map(choice).collect()
}

fn badge(state: &str, shell: &Shell) -> Badge {
    let (tone, icon) = match state {
        "confirmed" => ("good", "check"),
        "checked_in" => ("good", "people"),
        "pending" | "requested" => ("attention", "clock"),
        "cancelled" | "no_show" => ("refusal", "cross"),
        _ => ("quiet", "dot"),
    };
    let key = format!("reservations-state-{}", state.replace('_', "-"));
    let word = ui::try_text(shell.lang, &key, &[]).unwrap_or_else(|| state.replace('_', " "));
    Badge { tone, icon, word }
}

fn ordered(item: &Preorder, currency: Currency, shell: &Shell) -> String {
    let what = shell.t2("reservations-preordered", "count", item.quantity, "name", &item.name);
    let price = item.price_minor.saturating_mul(item.quantity);
    format!("{what} · {}", format::money(shell.lang, Money::new(price, currency)))
}

fn held_until(shell: &Shell, time: &str) -> String {
    shell.t1("reservations-held-until", "time", time)
}

/// Where an arrival is between doors and end, of a thousand.
fn share(row: &Reservation, night: &Event) -> i64 {
    let whole = (night.row.ends_at - night.row.starts_at).num_minutes().max(1);
    let gone = (row.arrives_at - night.row.starts_at).num_minutes();
    (gone.saturating_mul(1000) / whole).clamp(0, 990)
}
