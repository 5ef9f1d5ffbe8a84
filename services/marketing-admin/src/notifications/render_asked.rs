//! What the emails say that guests ask for.

use askama::Template;
use chrono_tz::Tz;
use domain::night::BusinessNight;
use messages::purchase::v1::{Found, OrdersFound, SaleOpened, TicketTransferred};
use ui::format;

use crate::notifications::render::{Frame, Picture, RenderError, Rendered, moves, one_line};
use crate::notifications::store::Template as Kind;

#[derive(Template)]
#[template(path = "emails/tickets_found/mail.html")]
struct TicketsFoundHtml<'a> {
    frame: &'a Frame,
    mail: &'a TicketsFoundMail,
}

#[derive(Template)]
#[template(path = "emails/tickets_found/mail.txt", escape = "none")]
struct TicketsFoundText<'a> {
    frame: &'a Frame,
    mail: &'a TicketsFoundMail,
}

struct TicketsFoundMail {
    found: Vec<FoundCard>,
}

struct FoundCard {
    title: String,
    date: String,
    night: String,
    tickets: String,
    reference: String,
    url: String,
}

/// The links to what belongs to an address.
pub(super) fn tickets_found(message: &OrdersFound, frame: &Frame) -> Result<Rendered, RenderError> {
    let found = message.found.iter().map(|found| card(found, frame)).collect::<Result<_, _>>()?;
    let mail = TicketsFoundMail { found };
    Ok(Rendered {
        subject: one_line(&frame.t("email-found-subject")),
        text: TicketsFoundText { frame, mail: &mail }.render()?,
        html: TicketsFoundHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}

fn card(found: &Found, frame: &Frame) -> Result<FoundCard, RenderError> {
    let at = |millis| messages::instant(millis).ok_or_else(|| RenderError::Payload(format!("time {millis}")));
    let (starts, ends) = (at(found.starts_at)?, at(found.ends_at)?);
    let zone: Tz = found.time_zone.parse().unwrap_or(Tz::UTC);
    Ok(FoundCard {
        title: found.event_title.clone(),
        date: format::calendar_date(frame.lang, BusinessNight::of(starts, zone).date()),
        night: format::night(frame.lang, starts, ends, zone),
        tickets: frame.t1("email-found-tickets", "count", found.tickets),
        reference: frame.t1("email-reference", "reference", &found.reference),
        url: found.url.clone(),
    })
}

#[derive(Template)]
#[template(path = "emails/ticket_transferred/mail.html")]
struct TicketTransferredHtml<'a> {
    frame: &'a Frame,
    mail: &'a TicketTransferredMail,
}

#[derive(Template)]
#[template(path = "emails/ticket_transferred/mail.txt", escape = "none")]
struct TicketTransferredText<'a> {
    frame: &'a Frame,
    mail: &'a TicketTransferredMail,
}

struct TicketTransferredMail {
    name: String,
    /// From whom, and whose it is now.
    line: String,
    type_name: String,
    holder: String,
    /// Until when it lets in, where that is before the doors close; else empty.
    arrive_by: String,
    reference: String,
    url: String,
    /// What leads there.
    button: String,
    /// What that page is for.
    keep: String,
    content_id: &'static str,
    /// Whether its code moves: its page alone shows it.
    moves: bool,
}

/// A ticket with its code, for whom it was passed on to, shared with, or given back to.
pub(super) fn ticket_for_a_friend(
    kind: Kind,
    message: &TicketTransferred,
    frame: &Frame,
) -> Result<Rendered, RenderError> {
    let ticket = message.ticket.as_ref().ok_or_else(|| RenderError::Payload("no ticket".to_owned()))?;
    let (subject, line) = match kind {
        Kind::TicketShared => ("email-shared-subject", "email-shared-line"),
        Kind::TicketHandedBack => ("email-handed-back-subject", "email-handed-back-line"),
        _ => ("email-transferred-subject", "email-transferred-line"),
    };
    // The buyer's new ticket is one of an order.
    let to_buyer = kind == Kind::TicketHandedBack;
    let mail = TicketTransferredMail {
        button: frame.t(if to_buyer { "email-handed-back-button" } else { "email-transferred-button" }),
        keep: frame.t(if to_buyer { "email-handed-back-keep" } else { "email-transferred-keep" }),
        name: ticket.holder_name.clone(),
        line: frame.t1(line, "from", &message.from_name),
        type_name: ticket.ticket_type_name.clone(),
        holder: ticket.holder_name.clone(),
        arrive_by: frame.arrive_by(ticket),
        reference: message.reference.clone(),
        url: message.ticket_url.clone(),
        content_id: "ticket-1",
        moves: moves(ticket),
    };
    let subject = ui::text(frame.lang, subject, &[("from", &message.from_name), ("event", &frame.title)]);
    let picture = || {
        let png = ui::qr::png(&ticket.code).map_err(|error| RenderError::Payload(error.to_string()))?;
        let file_name = format!("ticket-{}.png", message.reference);
        Ok::<_, RenderError>(Picture { content_id: mail.content_id.to_owned(), file_name, png })
    };
    Ok(Rendered {
        subject: one_line(&subject),
        text: TicketTransferredText { frame, mail: &mail }.render()?,
        html: TicketTransferredHtml { frame, mail: &mail }.render()?,
        pictures: if mail.moves { Vec::new() } else { vec![picture()?] },
    })
}

#[derive(Template)]
#[template(path = "emails/sale_opened/mail.html")]
struct SaleOpenedHtml<'a> {
    frame: &'a Frame,
    mail: &'a SaleMail<'a>,
}

#[derive(Template)]
#[template(path = "emails/sale_opened/mail.txt", escape = "none")]
struct SaleOpenedText<'a> {
    frame: &'a Frame,
    mail: &'a SaleMail<'a>,
}

struct SaleMail<'a> {
    sale: &'a SaleOpened,
    line: &'static str,
    why: &'static str,
}

/// A night has gone on sale, or its presale is open, for who wanted to hear.
pub(super) fn sale_opened(sale: &SaleOpened, frame: &Frame) -> Result<Rendered, RenderError> {
    let (subject, line, why) = if sale.presale_code.is_empty() {
        ("email-sale-opened-subject", "email-sale-opened-line", "email-sale-opened-why")
    } else {
        ("email-presale-subject", "email-presale-line", "email-presale-why")
    };
    let mail = SaleMail { sale, line, why };
    Ok(Rendered {
        subject: one_line(&frame.t1(subject, "event", &frame.title)),
        text: SaleOpenedText { frame, mail: &mail }.render()?,
        html: SaleOpenedHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}
