//! Money and time as people read them.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Madrid;
use domain::language::Language::{En, Es};
use domain::money::{Currency, Money};
use proptest::prelude::*;
use ui::format;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn plain(text: String) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn money_names_its_currency_in_both_languages() {
    let euro = |minor| Money::new(minor, Currency::Eur);
    assert_eq!(plain(format::money(En, euro(2450))), "24.50 €");
    assert_eq!(plain(format::money(Es, euro(2450))), "24,50 €");
    assert_eq!(plain(format::money(En, euro(123_456_789))), "1,234,567.89 €");
    assert_eq!(plain(format::money(Es, euro(123_456))), "1234,56 €");
    assert_eq!(plain(format::money(Es, euro(1_234_567))), "12.345,67 €");
    assert_eq!(plain(format::money(En, euro(-5))), "−0.05 €");
    assert_eq!(plain(format::money(En, Money::new(2450, Currency::Gbp))), "£24.50");
    assert_eq!(plain(format::money(Es, Money::new(2450, Currency::Mxn))), "$24.50 MXN");
}

proptest! {
    #[test]
    fn an_amount_can_be_read_back(minor in any::<i64>(), spanish: bool) {
        let lang = if spanish { Es } else { En };
        let said = format::money(lang, Money::new(minor, Currency::Eur));
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(digits.parse::<u64>().unwrap(), minor.unsigned_abs());
        prop_assert_eq!(said.starts_with('\u{2212}'), minor < 0);
        prop_assert!(said.ends_with("\u{a0}€"), "no currency at the end");
        let point = if spanish { ',' } else { '.' };
        let (_, cents) = said.trim_end_matches("\u{a0}€").rsplit_once(point).unwrap();
        prop_assert_eq!(cents.len(), 2);
    }
}

#[test]
fn a_night_is_named_by_its_evening() {
    let (starts, ends) = (at("2026-11-20T21:00:00Z"), at("2026-11-21T05:00:00Z"));
    assert_eq!(format::night(En, starts, ends, Madrid), "Friday night, doors 22:00, until Saturday 06:00");
    assert_eq!(
        format::night(Es, starts, ends, Madrid),
        "Noche del viernes, puertas a las 22:00, hasta las 06:00 del sábado"
    );
}

#[test]
fn doors_after_midnight_belong_to_the_evening_before() {
    let (starts, ends) = (at("2026-11-20T23:30:00Z"), at("2026-11-21T05:00:00Z"));
    assert_eq!(
        format::night(En, starts, ends, Madrid),
        "Friday night, doors 00:30 (already Saturday), until 06:00"
    );
    assert_eq!(
        format::night(Es, starts, ends, Madrid),
        "Noche del viernes, puertas a las 00:30 (ya sábado), hasta las 06:00"
    );
    assert_eq!(format::night_date(En, starts, Madrid), ("Fri".into(), "20".into(), "Nov".into()));
}

#[test]
fn one_in_the_morning_is_singular_in_spanish() {
    let (starts, ends) = (at("2026-11-21T00:30:00Z"), at("2026-11-21T05:00:00Z"));
    assert_eq!(
        format::night(Es, starts, ends, Madrid),
        "Noche del viernes, puertas a la 01:30 (ya sábado), hasta las 06:00"
    );
    assert_eq!(format::hour(Es, at("2026-11-20T12:00:00Z"), Madrid), "las 13:00");
    assert_eq!(format::hour(En, starts, Madrid), "01:30");
}

#[test]
fn an_afternoon_is_no_night() {
    let (starts, ends) = (at("2026-06-20T14:00:00Z"), at("2026-06-20T20:00:00Z"));
    assert_eq!(format::night(En, starts, ends, Madrid), "Saturday, doors 16:00, until 22:00");
    assert_eq!(format::night(Es, starts, ends, Madrid), "El sábado, puertas a las 16:00, hasta las 22:00");
}

#[test]
fn the_night_the_clocks_change_shows_the_clock_on_the_wall() {
    let (starts, ends) = (at("2026-10-24T20:00:00Z"), at("2026-10-25T05:00:00Z"));
    assert_eq!(format::night(En, starts, ends, Madrid), "Saturday night, doors 22:00, until Sunday 06:00");
}

#[test]
fn dates_and_zones_in_words() {
    let instant = at("2026-11-20T23:30:00Z");
    assert_eq!(format::date(En, instant, Madrid), "Saturday 21 November 2026");
    assert_eq!(format::date(Es, instant, Madrid), "sábado 21 de noviembre de 2026");
    let day = instant.with_timezone(&Madrid).date_naive();
    assert_eq!(
        format::calendar_date(Es, day),
        "Sábado 21 de noviembre de 2026",
        "by itself it begins a line"
    );
    assert_eq!(format::date_time(Es, instant, Madrid), "sáb 21 nov, 00:30");
    assert_eq!(format::zone(En, Madrid), "Madrid time");
    assert_eq!(format::zone(Es, chrono_tz::America::Mexico_City), "hora de Mexico City");
    assert_eq!(format::count(Es, 12_345), "12.345");
    assert_eq!(format::iso(instant), "2026-11-20T23:30:00Z");
}
