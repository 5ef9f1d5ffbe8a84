//! What a guest, a doorman's scanner, a tax office, a phone and a calendar find in the files.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod apple;
mod bills;
mod calendar;
mod dossier;
mod google;
mod paper;
mod run_sheet;
mod sums;
mod tickets;

use chrono::{DateTime, Utc};
use documents::{Night, Pass, PassArt};
use domain::ids::{EventId, TicketId};
use domain::language::Language;
use domain::money::{Currency, Money};
use domain::order::OrderReference;
use uuid::Uuid;

/// A ticket's code as the house makes it: 149 letters of base45.
const CODE: &str = "B40 2JK$%*+-./:6WO5DB8V1QN0GQ7T9Z3XF4HMRCLSAEPIU%6 B40 2JK$%*+-./:6WO5DB8V1QN0GQ7T9Z3XF4HMRCLSAEPIU%6B40 2JK$%*+-./:6WO5DB8V1QN0GQ7T9Z3XF4HMRCLSA";

/// What guests and impostors call themselves; each must come out as it went in.
const NAMES: [&str; 8] = [
    "*bold* _it_ `raw` $x^2$",
    "#panic() #sys.inputs",
    "<x> @ref [y] </text>",
    "\\ \" ' // /* ~ = - + 1. ---",
    "مريم العلي",
    "דניאל כהן",
    "Zoë Łukasz Ñandú Ἀθηνᾶ Дмитрий",
    "Ana 🌵🎉",
];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn reference() -> OrderReference {
    "K7M2QX9P".parse().unwrap()
}

fn night() -> Night {
    Night {
        title: "Noche de Mezcal".to_owned(),
        starts: at("2026-11-27T21:00:00Z"),
        ends: at("2026-11-28T05:00:00Z"),
        zone: chrono_tz::Europe::Madrid,
        venue: "Maguey".to_owned(),
        address: "Calle del Agave 12, 28004 Madrid".to_owned(),
    }
}

fn poster() -> String {
    ui::poster::svg(Uuid::from_u128(7), "Noche de Mezcal", "Fri 27 Nov · 22:00", ui::poster::Shape::Banner)
}

fn pass() -> Pass {
    Pass {
        language: Language::En,
        mode: domain::mode::Mode::Live,
        club: "Maguey".to_owned(),
        event: EventId::from_uuid(Uuid::from_u128(7)),
        night: night(),
        ticket: TicketId::from_uuid(Uuid::from_u128(8)),
        ticket_type: "General admission".to_owned(),
        holder: Some("Ana Torres".to_owned()),
        order: reference(),
        order_url: "https://tickets.maguey.example/orders/0198c0de-0000-7000-8000-000000000001?key=abc"
            .to_owned(),
        code: Some(CODE.to_owned()),
        moves: false,
        entry_notes: vec!["From 18 years, with an identity card.".to_owned()],
        art: PassArt {
            mark: include_str!("../../../ui/assets/maguey.svg").to_owned(),
            strip: Some(ui::poster::svg(Uuid::from_u128(7), "", "", ui::poster::Shape::Banner)),
        },
        updates: None,
        made_at: at("2026-11-20T10:00:00Z"),
    }
}
