//! Money, dates and nights as people read them.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::money::Money;
use domain::night::BusinessNight;

use crate::text;

/// No break between amount and currency, so that "24.50 €" never falls apart at a line's end.
const NO_BREAK: char = '\u{a0}';

/// An amount with its currency: `24.50 €` in English, `24,50 €` in Spanish; minus is a true minus.
pub fn money(lang: Language, amount: Money) -> String {
    let currency = amount.currency();
    amount_text(lang, amount.minor(), currency.exponent(), currency.code())
}

/// An amount from its parts; [`money()`] is this for the domain's type.
fn amount_text(lang: Language, minor: i64, exponent: u32, code: &str) -> String {
    let (point, group, shortest_grouped) = separators(lang, code);
    let unit = 10_u64.pow(exponent);
    let whole = grouped(minor.unsigned_abs() / unit, group, shortest_grouped);
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let number = match exponent {
        0 => whole,
        _ => format!("{whole}{point}{:0width$}", minor.unsigned_abs() % unit, width = exponent as usize),
    };
    match (lang, code) {
        (_, "EUR") => format!("{sign}{number}{NO_BREAK}€"),
        (Language::En, "GBP") => format!("{sign}£{number}"),
        (Language::En, "USD") => format!("{sign}${number}"),
        (Language::Es, "GBP") => format!("{sign}{number}{NO_BREAK}£"),
        (Language::Es, "USD") => format!("{sign}{number}{NO_BREAK}US$"),
        // A peso sign alone reads as dollars to a visitor: the code says which.
        (_, "MXN") => format!("{sign}${number}{NO_BREAK}MXN"),
        _ => format!("{sign}{number}{NO_BREAK}{code}"),
    }
}

/// Decimal separator, group separator, and the fewest digits that are grouped. Mexico writes pesos with a point;
/// Spain leaves four digits together.
fn separators(lang: Language, code: &str) -> (char, char, usize) {
    match (lang, code) {
        (Language::En, _) | (Language::Es, "MXN") => ('.', ',', 4),
        (Language::Es, _) => (',', '.', 5),
    }
}

fn grouped(number: u64, separator: char, shortest: usize) -> String {
    let digits = number.to_string();
    if digits.len() < shortest {
        return digits;
    }
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A whole number with its groups: `1,234` / `12.345`.
pub fn count(lang: Language, number: u64) -> String {
    let (_, group, shortest) = separators(lang, "");
    grouped(number, group, shortest)
}

/// `Friday 21 November 2026` / `viernes 21 de noviembre de 2026`, on the venue's calendar.
pub fn date(lang: Language, instant: DateTime<Utc>, tz: Tz) -> String {
    date_in_words(lang, instant.with_timezone(&tz).date_naive())
}

/// A calendar date in full where it stands by itself, so that it begins with a capital: `Viernes 20 de noviembre de 2026`.
pub fn calendar_date(lang: Language, day: NaiveDate) -> String {
    let date = date_in_words(lang, day);
    let mut letters = date.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn date_in_words(lang: Language, day: NaiveDate) -> String {
    let (weekday, month) = (weekday(lang, day), month(lang, day));
    text(
        lang,
        "shared-date",
        &[
            ("weekday", &weekday),
            ("day", &day.day().to_string()),
            ("month", &month),
            ("year", &day.year().to_string()),
        ],
    )
}

/// `Fri 21 Nov` / `vie 21 nov`, for lists.
pub fn date_short(lang: Language, instant: DateTime<Utc>, tz: Tz) -> String {
    let day = instant.with_timezone(&tz).date_naive();
    let short = |word: String| word.chars().take(3).collect::<String>();
    format!("{} {} {}", short(weekday(lang, day)), day.day(), short(month(lang, day)))
}

/// The night's date for a poster or a list of nights: weekday, day and month of the business night, in three parts.
pub fn night_date(lang: Language, starts: DateTime<Utc>, tz: Tz) -> (String, String, String) {
    let day = BusinessNight::of(starts, tz).date();
    let short = |word: String| word.chars().take(3).collect::<String>();
    (short(weekday(lang, day)), day.day().to_string(), short(month(lang, day)))
}

/// `22:00` on the venue's clock.
pub fn time(_lang: Language, instant: DateTime<Utc>, tz: Tz) -> String {
    instant.with_timezone(&tz).format("%H:%M").to_string()
}

/// The hour inside a sentence: `22:00` in English, `las 22:00` or `la 01:20` in Spanish, where the article follows the hour.
pub fn hour(lang: Language, instant: DateTime<Utc>, tz: Tz) -> String {
    let time = time(lang, instant, tz);
    match (lang, instant.with_timezone(&tz).hour()) {
        (Language::En, _) => time,
        (Language::Es, 1) => format!("la {time}"),
        (Language::Es, _) => format!("las {time}"),
    }
}

/// `Fri 21 Nov, 22:00` on the venue's clock.
pub fn date_time(lang: Language, instant: DateTime<Utc>, tz: Tz) -> String {
    format!("{}, {}", date_short(lang, instant, tz), time(lang, instant, tz))
}

/// `Madrid time` / `hora de Madrid`, where a reader could be elsewhere.
pub fn zone(lang: Language, tz: Tz) -> String {
    let city = tz.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    text(lang, "shared-zone", &[("city", &city)])
}

/// For the `datetime` attribute of `<time>`.
pub fn iso(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// `Friday night, doors 22:00, until Saturday 06:00`. A start after midnight is said twice over, because it is the
/// classic reason to come a day late: `Friday night, doors 00:30 (already Saturday), until 06:00`.
pub fn night(lang: Language, starts: DateTime<Utc>, ends: DateTime<Utc>, tz: Tz) -> String {
    let (start, end) = (starts.with_timezone(&tz), ends.with_timezone(&tz));
    let evening = BusinessNight::of(starts, tz).date();
    let last_day = end.date_naive();
    let key = if start.date_naive() != evening {
        "shared-night-after-midnight"
    } else if last_day == evening && start.hour() < 18 {
        "shared-day"
    } else if last_day == evening {
        "shared-night-short"
    } else if last_day - evening > TimeDelta::days(1) {
        "shared-night-days"
    } else {
        "shared-night"
    };
    let (doors, until) = (hour(lang, starts, tz), hour(lang, ends, tz));
    text(
        lang,
        key,
        &[
            ("weekday", &weekday(lang, evening)),
            ("doors", &doors),
            ("until", &until),
            ("start-weekday", &weekday(lang, start.date_naive())),
            ("end-weekday", &weekday(lang, last_day)),
        ],
    )
}

fn weekday(lang: Language, day: NaiveDate) -> String {
    text(lang, "shared-weekday", &[("day", &day.weekday().number_from_monday())])
}

fn month(lang: Language, day: NaiveDate) -> String {
    text(lang, "shared-month", &[("month", &day.month())])
}
