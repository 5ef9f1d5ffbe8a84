//! Tickets on paper: one page each, all tickets of an order in one file.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::mode::Mode;
use domain::money::Money;
use domain::order::OrderReference;
use serde::Serialize;
use ui::{format, qr, text};

use crate::press::{self, Sheet};
use crate::{DocumentError, Night};

/// The tickets of one order.
#[derive(Debug, Clone)]
pub struct TicketsDocument {
    /// The reader's language.
    pub language: Language,
    /// Whether the tickets are real; those of test mode say on every page that they are not.
    pub mode: Mode,
    /// The club's name.
    pub club: String,
    /// The night they are for.
    pub night: Night,
    /// The night's art over the ticket, 3 : 1, as SVG (`ui::poster::svg` with `Shape::Banner`). A picture that can't be
    /// read is left out: it never costs a guest the ticket.
    pub poster: Option<String>,
    /// The order.
    pub order: OrderReference,
    /// What the door wants known, a sentence each: age, dress, re-entry. In the reader's language.
    pub entry_notes: Vec<String>,
    /// One page each; at least one.
    pub tickets: Vec<PrintedTicket>,
    /// When the file is made.
    pub made_at: DateTime<Utc>,
}

/// One ticket.
#[derive(Debug, Clone)]
pub struct PrintedTicket {
    /// The name of its type.
    pub ticket_type: String,
    /// Who holds it, if a name was given.
    pub holder: Option<String>,
    /// What was paid for it, with everything; `None` says nothing of money (a ticket passed on).
    pub price: Option<Money>,
    /// The service fee inside `price`; `None` or zero says nothing of a fee.
    pub fee: Option<Money>,
    /// Whether tax is inside `price`.
    pub with_tax: bool,
    /// The code at the door, as the order's page shows it: base45, so the QR code is alphanumeric.
    pub code: String,
    /// Where its code moves: the address of the page that shows it. The sheet then has no code.
    pub moving: Option<String>,
    /// Until when the door refuses it, where that is after the doors open.
    pub admit_from: Option<DateTime<Utc>>,
    /// From when on the door refuses it, where that is before the doors close.
    pub admit_until: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    /// What the band over a test ticket says; empty on a real one.
    test: String,
    club: &'a str,
    document_title: String,
    title: &'a str,
    date: String,
    hours: String,
    venue: &'a str,
    address: String,
    poster: bool,
    notes_title: String,
    footer: String,
    tickets: Vec<PageTicket>,
}

#[derive(Serialize)]
struct PageTicket {
    number: String,
    qr_alt: String,
    /// That the code moves, in place of it; empty where it does not.
    moves: String,
    /// Where it is, then.
    page: String,
    notes: Vec<String>,
    /// Label and value.
    facts: Vec<(String, String)>,
    price_note: String,
}

/// One PDF, A4, a page per ticket, on white for print.
///
/// Errors: [`DocumentError::Nothing`] without a ticket, [`DocumentError::Code`] for a code no QR code holds.
pub fn tickets_pdf(document: &TicketsDocument) -> Result<Vec<u8>, DocumentError> {
    if document.tickets.is_empty() {
        return Err(DocumentError::Nothing);
    }
    let mut pictures = Vec::with_capacity(document.tickets.len() + 1);
    for (place, ticket) in document.tickets.iter().enumerate().filter(|(_, ticket)| ticket.moving.is_none()) {
        pictures.push((format!("/code-{place}.svg"), qr::svg(&ticket.code)?));
    }
    let Some(poster) = &document.poster else { return print(document, false, pictures) };
    let mut with_poster = pictures.clone();
    with_poster.push(("/poster.svg".to_owned(), poster.clone()));
    match print(document, true, with_poster) {
        Err(DocumentError::Press { .. }) => print(document, false, pictures),
        printed => printed,
    }
}

fn print(
    document: &TicketsDocument,
    poster: bool,
    pictures: Vec<(String, String)>,
) -> Result<Vec<u8>, DocumentError> {
    let data = page(document, poster);
    press::pdf(Sheet { template: press::TICKETS, data: &data, pictures, made_at: document.made_at })
}

fn page(document: &TicketsDocument, poster: bool) -> Page<'_> {
    let (lang, night) = (document.language, &document.night);
    let of = document.tickets.len();
    Page {
        lang: lang.code(),
        test: if document.mode.is_test() { text(lang, "documents-test-ticket", &[]) } else { String::new() },
        club: &document.club,
        document_title: text(
            lang,
            "documents-tickets-title",
            &[("event", &night.title), ("reference", &document.order.as_str())],
        ),
        title: &night.title,
        date: night.date(lang),
        hours: night.hours(lang),
        venue: &night.venue,
        address: format!("{} · {}", night.address, format::zone(lang, night.zone)),
        poster,
        notes_title: text(lang, "documents-ticket-notes", &[]),
        footer: text(lang, "documents-ticket-footer", &[]),
        tickets: document
            .tickets
            .iter()
            .enumerate()
            .map(|(place, ticket)| page_ticket(document, ticket, place + 1, of))
            .collect(),
    }
}

fn page_ticket(document: &TicketsDocument, ticket: &PrintedTicket, number: usize, of: usize) -> PageTicket {
    let lang = document.language;
    let label = |key: &str| text(lang, key, &[]);
    let mut facts = vec![(label("documents-ticket-type"), ticket.ticket_type.clone())];
    if let Some(holder) = ticket.holder.as_ref().filter(|holder| !holder.trim().is_empty()) {
        facts.push((label("documents-ticket-holder"), holder.clone()));
    }
    if let Some(from) = ticket.admit_from {
        facts.push((
            label("documents-ticket-arrive-from"),
            format::date_time(lang, from, document.night.zone),
        ));
    }
    if let Some(until) = ticket.admit_until {
        facts
            .push((label("documents-ticket-arrive-by"), format::date_time(lang, until, document.night.zone)));
    }
    facts.push((label("documents-order"), document.order.as_str().to_owned()));
    if let Some(price) = ticket.price {
        let price = if price.is_zero() { label("shared-free") } else { format::money(lang, price) };
        facts.push((label("documents-price"), price));
    }
    let moves = label("documents-ticket-moves");
    let mut notes =
        vec![if ticket.moving.is_some() { moves.clone() } else { label("documents-ticket-once") }];
    notes.extend(document.entry_notes.iter().cloned());
    PageTicket {
        number: text(lang, "documents-ticket-number", &[("number", &number), ("of", &of)]),
        qr_alt: label("documents-ticket-code"),
        moves: if ticket.moving.is_some() { moves } else { String::new() },
        page: ticket.moving.clone().unwrap_or_default(),
        notes,
        facts,
        price_note: price_note(lang, ticket),
    }
}

/// `incl. 2.00 € fee and VAT`: what the price holds.
fn price_note(lang: Language, ticket: &PrintedTicket) -> String {
    let fee = ticket.fee.filter(|fee| !fee.is_zero()).map(|fee| format::money(lang, fee));
    match (fee, ticket.with_tax && ticket.price.is_some_and(|price| !price.is_zero())) {
        (Some(fee), true) => text(lang, "documents-price-fee-and-tax", &[("fee", &fee)]),
        (Some(fee), false) => text(lang, "documents-price-fee", &[("fee", &fee)]),
        (None, true) => text(lang, "documents-price-tax", &[]),
        (None, false) => String::new(),
    }
}
