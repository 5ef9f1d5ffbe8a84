//! The confirmation of an order, with its tickets.

use askama::Template;
use domain::money::Money;
use messages::purchase::v1::{IssuedTicket, LineKind, OrderLine, OrderPaid};
use ui::format;

use super::{Frame, Picture, RenderError, Rendered, currency, one_line, table};
use crate::reservations::named;

/// A ticket as the email shows it.
struct TicketCard {
    number: usize,
    of: usize,
    type_name: String,
    holder: String,
    /// Until when it lets in, where that is before the doors close; else empty.
    arrive_by: String,
    content_id: String,
    /// Whether its code moves: the order's page alone shows it.
    moves: bool,
}

/// A line of the bill.
pub(super) struct Line {
    pub(super) label: String,
    pub(super) amount: String,
}

#[derive(Template)]
#[template(path = "emails/order_paid/mail.html")]
struct OrderPaidHtml<'a> {
    frame: &'a Frame,
    mail: &'a OrderPaidMail,
}

#[derive(Template)]
#[template(path = "emails/order_paid/mail.txt", escape = "none")]
struct OrderPaidText<'a> {
    frame: &'a Frame,
    mail: &'a OrderPaidMail,
}

struct OrderPaidMail {
    name: String,
    /// What to do with the tickets.
    line: String,
    reference: String,
    order_url: String,
    tickets: Vec<TicketCard>,
    lines: Vec<Line>,
    total: String,
    free: bool,
}

pub(super) fn order_paid(message: &OrderPaid, frame: &Frame) -> Result<Rendered, RenderError> {
    if let Some(table) = &message.table {
        return table::paid(message, table, frame);
    }
    let lang = frame.lang;
    let currency = currency(&message.currency)?;
    let money = |minor| format::money(lang, Money::new(minor, currency));
    let mail = OrderPaidMail {
        name: message.buyer.as_ref().map(|buyer| buyer.name.clone()).unwrap_or_default(),
        line: frame.t1(line(message), "count", message.tickets.len()),
        reference: message.reference.clone(),
        order_url: message.order_url.clone(),
        tickets: ticket_cards(message, frame),
        lines: lines(message, frame)?,
        total: money(message.total_minor),
        // What a credit paid was not free.
        free: message.total_minor == 0 && !message.lines.iter().any(|line| line.kind() == LineKind::Credit),
    };
    let count = message.tickets.len();
    let subject = ui::text(lang, "email-order-paid-subject", &[("count", &count), ("event", &frame.title)]);
    Ok(Rendered {
        subject: one_line(&subject),
        text: OrderPaidText { frame, mail: &mail }.render()?,
        html: OrderPaidHtml { frame, mail: &mail }.render()?,
        pictures: pictures(message)?,
    })
}

/// The bill, line by line.
pub(super) fn lines(message: &OrderPaid, frame: &Frame) -> Result<Vec<Line>, RenderError> {
    let currency = currency(&message.currency)?;
    let amount = |minor| format::money(frame.lang, Money::new(minor, currency));
    // A table's line is called as its type, which is English.
    let name = |line: &OrderLine| match (line.kind(), &message.table) {
        (LineKind::Ticket | LineKind::Unspecified, Some(_)) => named(&[line.label.as_str()], frame.lang),
        _ => label(line, frame),
    };
    let line = |line: &OrderLine| Line { label: name(line), amount: amount(line.total_minor) };
    Ok(message.lines.iter().map(line).collect())
}

/// Where no code stands in the mail, it does not say to show one.
fn line(message: &OrderPaid) -> &'static str {
    let moving = !message.tickets.is_empty() && message.tickets.iter().all(moves);
    if moving { "email-order-paid-moving" } else { "email-order-paid-line" }
}

/// A ticket comes without its code where that moves.
pub(in crate::notifications) fn moves(ticket: &IssuedTicket) -> bool {
    ticket.code.is_empty()
}

fn ticket_cards(message: &OrderPaid, frame: &Frame) -> Vec<TicketCard> {
    let of = message.tickets.len();
    let card = |(ticket, number): (&IssuedTicket, usize)| TicketCard {
        number,
        of,
        type_name: ticket.ticket_type_name.clone(),
        holder: ticket.holder_name.clone(),
        arrive_by: frame.arrive_by(ticket),
        content_id: content_id(number),
        moves: moves(ticket),
    };
    message.tickets.iter().zip(1..).map(card).collect()
}

fn pictures(message: &OrderPaid) -> Result<Vec<Picture>, RenderError> {
    let picture = |(ticket, number): (&IssuedTicket, usize)| {
        let png = ui::qr::png(&ticket.code).map_err(|e| RenderError::Payload(e.to_string()))?;
        let file_name = format!("ticket-{}-{number}.png", message.reference);
        Ok(Picture { content_id: content_id(number), file_name, png })
    };
    message.tickets.iter().zip(1..).filter(|(ticket, _)| !moves(ticket)).map(picture).collect()
}

fn content_id(number: usize) -> String {
    format!("ticket-{number}")
}

fn label(line: &OrderLine, frame: &Frame) -> String {
    match line.kind() {
        LineKind::Fee => frame.t1("email-line-fee", "label", &line.label),
        LineKind::Discount => frame.t1("email-line-discount", "label", &line.label),
        LineKind::Tax => frame.t1("email-line-tax", "label", &line.label),
        LineKind::Credit => frame.t1("email-line-credit", "label", &line.label),
        LineKind::Ticket | LineKind::Unspecified => {
            ui::text(frame.lang, "email-line-tickets", &[("count", &line.quantity), ("label", &line.label)])
        }
    }
}
