//! The mails about a table: it is booked, with the booker's own pass; something about it is otherwise; it is theirs no more; it waits
//! for them.

use askama::Template;
use domain::money::{Currency, Money};
use messages::purchase::v1::{OrderPaid, Preordered, ReservationChanged, TableDeposit};
use ui::{Argument, format, text};

use super::paid::{self, Line, moves};
use super::{Frame, Picture, RenderError, Rendered, currency, one_line};
use crate::notifications::store::Template as Kind;
use crate::reservations::{named, short};

/// Something about a table: what it is, and how it is.
struct Fact {
    label: String,
    value: String,
}

#[derive(Template)]
#[template(path = "emails/table/paid.html")]
struct PaidHtml<'a> {
    frame: &'a Frame,
    mail: &'a PaidMail,
}

#[derive(Template)]
#[template(path = "emails/table/paid.txt", escape = "none")]
struct PaidText<'a> {
    frame: &'a Frame,
    mail: &'a PaidMail,
}

struct PaidMail {
    name: String,
    line: String,
    /// The table, in large letters.
    table: String,
    facts: Vec<Fact>,
    /// Whose pass it is; empty where the order has none.
    holder: String,
    /// What the picture of its code is called; empty where the code moves, or there is none.
    content_id: &'static str,
    order_url: String,
    guests_url: String,
    /// How many passes are the guests'; 0: whoever booked comes alone.
    guests: usize,
    lines: Vec<Line>,
    total: String,
    reference: String,
}

/// The table of a paid order is booked.
pub(super) fn paid(
    message: &OrderPaid,
    table: &TableDeposit,
    frame: &Frame,
) -> Result<Rendered, RenderError> {
    let currency = currency(&message.currency)?;
    let money = |minor| format::money(frame.lang, Money::new(minor, currency));
    let own = message.tickets.as_slice().first();
    let shown = own.filter(|ticket| !moves(ticket));
    let picture = |code: &str| {
        let png = ui::qr::png(code).map_err(|error| RenderError::Payload(error.to_string()))?;
        let file_name = format!("table-{}.png", message.reference);
        Ok::<_, RenderError>(Picture { content_id: CODE.to_owned(), file_name, png })
    };
    let labels: Vec<&str> = table.tables.iter().map(String::as_str).collect();
    let mut facts = facts(frame, table.arrives_at, table.party, &table.host);
    facts.extend(said(frame, "occasion", table.occasion.clone()));
    facts.extend(owed(frame, currency, table.minimum_minor, message.total_minor, table.balance_minor));
    let mail = PaidMail {
        name: message.buyer.as_ref().map(|buyer| buyer.name.clone()).unwrap_or_default(),
        line: frame.t("reservations-mail-paid-line"),
        table: named(&labels, frame.lang),
        facts,
        holder: own.map(|ticket| ticket.holder_name.clone()).unwrap_or_default(),
        content_id: if shown.is_some() { CODE } else { "" },
        order_url: message.order_url.clone(),
        guests_url: guests_url(&message.order_url),
        guests: message.tickets.len().saturating_sub(1),
        lines: paid::lines(message, frame)?,
        total: money(message.total_minor),
        reference: message.reference.clone(),
    };
    let label = short(&labels);
    let about: [(&'static str, &dyn Argument); 2] = [("label", &label), ("event", &frame.title)];
    Ok(Rendered {
        subject: one_line(&text(frame.lang, "reservations-mail-paid-subject", &about)),
        text: PaidText { frame, mail: &mail }.render()?,
        html: PaidHtml { frame, mail: &mail }.render()?,
        pictures: shown.map(|ticket| picture(&ticket.code)).transpose()?.into_iter().collect(),
    })
}

/// What the picture of the booker's code is called.
const CODE: &str = "ticket-1";

#[derive(Template)]
#[template(path = "emails/table/news.html")]
struct NewsHtml<'a> {
    frame: &'a Frame,
    mail: &'a NewsMail,
}

#[derive(Template)]
#[template(path = "emails/table/news.txt", escape = "none")]
struct NewsText<'a> {
    frame: &'a Frame,
    mail: &'a NewsMail,
}

struct NewsMail {
    name: String,
    line: String,
    /// What is otherwise, a sentence each.
    news: Vec<String>,
    /// The table, in large letters; empty where it is theirs no more.
    table: String,
    facts: Vec<Fact>,
    /// What was ordered beforehand.
    ordered: Vec<String>,
    /// What becomes of it now.
    after: String,
    /// Their own page, if it is known.
    order_url: String,
    guests_url: String,
    reference: String,
}

/// What is to be told of a table that was booked before.
pub(super) fn mail(kind: Kind, message: &ReservationChanged, frame: &Frame) -> Result<Rendered, RenderError> {
    let (key, theirs) = match kind {
        Kind::TableCancelled => ("cancelled", false),
        Kind::TableReleased => ("released", false),
        Kind::TableReminder => ("reminder", true),
        Kind::TableApproved => ("approved", true),
        Kind::TableDeclined => ("declined", false),
        Kind::TableLapsed => ("lapsed", false),
        _ => ("changed", true),
    };
    let currency = currency(&message.currency)?;
    let labels: Vec<&str> = message.tables.iter().map(|table| table.label.as_str()).collect();
    let label = short(&labels);
    let about: [(&'static str, &dyn Argument); 2] = [("label", &label), ("event", &frame.title)];
    let t = |part: &str| text(frame.lang, &format!("reservations-mail-{key}-{part}"), &about);
    let mut told = Vec::new();
    if theirs {
        told = facts(frame, message.arrives_at, message.party, &message.host);
        told.extend(owed(
            frame,
            currency,
            message.minimum_minor,
            message.deposit_minor,
            message.balance_minor,
        ));
    }
    let ordered = message.preorder.as_slice();
    let mail = NewsMail {
        name: message.booker.as_ref().map(|booker| booker.name.clone()).unwrap_or_default(),
        line: t("line"),
        news: match key {
            "changed" => news(message, &label, frame),
            "approved" => held_until(message, frame),
            "declined" => written(message),
            _ => Vec::new(),
        },
        table: if theirs { named(&labels, frame.lang) } else { String::new() },
        facts: told,
        ordered: ordered.iter().filter(|_| theirs).map(|item| bottle(item, frame)).collect(),
        // Of a party that is larger or smaller the passes are not as they were.
        after: if parts(message).any(|part| part == "party") { t("after-party") } else { t("after") },
        order_url: message.order_url.clone(),
        guests_url: if theirs && key != "approved" { guests_url(&message.order_url) } else { String::new() },
        reference: message.order_reference.clone(),
    };
    Ok(Rendered {
        subject: one_line(&t("subject")),
        text: NewsText { frame, mail: &mail }.render()?,
        html: NewsHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}

/// What the host wrote, if anything.
fn written(message: &ReservationChanged) -> Vec<String> {
    Some(message.note.clone()).filter(|note| !note.is_empty()).into_iter().collect()
}

/// Until when the deposit can be paid, and what the host wrote.
fn held_until(message: &ReservationChanged, frame: &Frame) -> Vec<String> {
    let until = at(frame, message.held_until);
    let mut told = vec![frame.t1("reservations-mail-approved-until", "when", until.as_str())];
    told.extend(written(message));
    told
}

/// What is otherwise, a sentence each, as the stored message names it.
fn news(message: &ReservationChanged, label: &str, frame: &Frame) -> Vec<String> {
    let arrival = at(frame, message.arrives_at);
    let sentence = |part: &str| match part {
        "table" => Some(frame.t1("reservations-mail-news-table", "label", label)),
        "party" => Some(frame.t1("reservations-mail-news-party", "count", message.party)),
        "host" if message.host.is_empty() => Some(frame.t("reservations-mail-news-no-host")),
        "host" => Some(frame.t1("reservations-mail-news-host", "host", &message.host)),
        "arrival" => Some(frame.t1("reservations-mail-news-arrival", "when", arrival.as_str())),
        _ => None,
    };
    parts(message).filter_map(sentence).collect()
}

/// What is otherwise, as the stored message of such a mail names it; nothing for any other.
fn parts(message: &ReservationChanged) -> impl Iterator<Item = &str> {
    message.change.split_whitespace()
}

fn bottle(item: &Preordered, frame: &Frame) -> String {
    text(frame.lang, "reservations-preordered", &[("count", &item.quantity), ("name", &item.name)])
}

/// When to come, how many, and who looks after them.
fn facts(frame: &Frame, arrives_at: i64, party: i64, host: &str) -> Vec<Fact> {
    let party = frame.t1("reservations-people", "count", party);
    let told = [
        said(frame, "arrival", at(frame, arrives_at)),
        said(frame, "party", party),
        said(frame, "host", host.to_owned()),
    ];
    told.into_iter().flatten().collect()
}

/// What a party spends at least, what is paid of it, and what is still owed at the venue.
fn owed(frame: &Frame, currency: Currency, minimum: i64, deposit: i64, balance: i64) -> Vec<Fact> {
    let some = |minor: i64| {
        if minor > 0 { format::money(frame.lang, Money::new(minor, currency)) } else { String::new() }
    };
    let told = [
        said(frame, "minimum", some(minimum)),
        said(frame, "deposit", some(deposit)),
        said(frame, "balance", some(balance)),
    ];
    told.into_iter().flatten().collect()
}

/// A fact, if there is anything to say.
fn said(frame: &Frame, key: &str, value: String) -> Option<Fact> {
    (!value.is_empty()).then(|| Fact { label: frame.t(&format!("reservations-mail-{key}")), value })
}

fn at(frame: &Frame, millis: i64) -> String {
    messages::instant(millis).map(|at| format::date_time(frame.lang, at, frame.tz)).unwrap_or_default()
}

/// Where the booker gives each guest a pass.
fn guests_url(order_url: &str) -> String {
    match order_url.split_once('?') {
        Some((page, key)) => format!("{page}/guests?{key}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::guests_url;

    #[test]
    fn the_guests_page_stands_below_the_order_s_and_takes_its_key() {
        let url = "http://tickets.example.org/orders/K7MPX2QD?key=abc";
        assert_eq!(guests_url(url), "http://tickets.example.org/orders/K7MPX2QD/guests?key=abc");
        assert_eq!(guests_url(""), "");
    }
}
