//! What an email says: subject, text, HTML, and the QR codes as pictures inside it.

use askama::Template;
use chrono_tz::Tz;
use domain::language::Language;
use domain::mode::Mode;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{
    IssuedTicket, LineKind, MailAsked, OrderLine, OrderPaid, OrderRefunded, RefundReason, SaleChannel,
    SettledHow,
};
use prost::Message;
use ui::{Argument, format};

use crate::events::store::Event;
use crate::notifications::render_asked;
use crate::notifications::store::Template as Kind;

mod gone;
mod new_date;
mod waitlist;

/// An email, ready to be handed over.
#[derive(Debug)]
pub struct Rendered {
    /// Subject.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// For all others.
    pub html: String,
    /// Shown inside the HTML by their content ids.
    pub pictures: Vec<Picture>,
}

/// A picture inside an email.
#[derive(Debug)]
pub struct Picture {
    /// What the HTML calls it: `cid:…`.
    pub content_id: String,
    /// What it is called when saved.
    pub file_name: String,
    /// The file.
    pub png: Vec<u8>,
}

/// Why an email can't be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The stored message is not one; will never change.
    #[error("the stored message cannot be read: {0}")]
    Payload(String),
    /// A template's mistake.
    #[error("the template failed: {0}")]
    Template(#[from] askama::Error),
}

/// Writes the email of a template from its stored message and its event; `contact` is where questions go, empty for nowhere. In test
/// mode it says above everything that nothing in it is real.
pub fn render(
    kind: Kind,
    payload: &[u8],
    lang: Language,
    event: &Event,
    contact: &str,
    mode: Mode,
) -> Result<Rendered, RenderError> {
    let frame = Frame { test: mode.is_test(), ..Frame::of(event, lang, contact) };
    let mut mail = match kind {
        Kind::OrderPaid => order_paid(&decode(payload)?, &frame),
        Kind::OrderRefunded => order_refunded(&decode(payload)?, &frame),
        Kind::TicketsFound => render_asked::tickets_found(&decode(payload)?, &frame),
        Kind::NewDate => {
            let asked: MailAsked = decode(payload)?;
            let name = asked.recipient.map(|to| to.name).unwrap_or_default();
            let Some(About::NewDate(message)) = asked.about else {
                return Err(RenderError::Payload("no new date".to_owned()));
            };
            new_date::mail(&name, &message, &frame, event)
        }
        Kind::TicketTransferred | Kind::TicketShared | Kind::TicketHandedBack => {
            render_asked::ticket_for_a_friend(kind, &decode(payload)?, &frame)
        }
        Kind::SaleOpened => render_asked::sale_opened(&decode(payload)?, &frame),
        Kind::TicketGone => gone::ticket_gone(&decode(payload)?, &frame),
        Kind::TicketLeft => {
            let asked: MailAsked = decode(payload)?;
            let name = asked.recipient.map(|to| to.name).unwrap_or_default();
            let Some(About::Left(message)) = asked.about else {
                return Err(RenderError::Payload("no ticket was left".to_owned()));
            };
            gone::ticket_left(&name, &message, &frame)
        }
        Kind::WaitlistJoined | Kind::WaitlistOffered => {
            waitlist::mail(kind, &decode(payload)?, &frame, event)
        }
    }?;
    if frame.test {
        mail.text = format!("*** TEST *** {}\n\n{}", frame.t("email-test"), mail.text);
    }
    Ok(mail)
}

fn decode<M: Message + Default>(payload: &[u8]) -> Result<M, RenderError> {
    M::decode(payload).map_err(|e| RenderError::Payload(e.to_string()))
}

/// What every email knows of its night, in the venue's zone.
pub(super) struct Frame {
    pub(super) lang: Language,
    pub(super) title: String,
    pub(super) date: String,
    pub(super) night: String,
    pub(super) venue: String,
    pub(super) address: String,
    pub(super) zone: String,
    pub(super) tz: Tz,
    pub(super) contact: String,
    /// Whether nothing in it is real, which it then says above everything.
    pub(super) test: bool,
}

impl Frame {
    fn of(event: &Event, lang: Language, contact: &str) -> Self {
        let row = &event.row;
        let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
        Self {
            lang,
            title: row.title.clone(),
            date: format::calendar_date(lang, BusinessNight::of(row.starts_at, zone).date()),
            night: format::night(lang, row.starts_at, row.ends_at, zone),
            venue: row.venue_name.clone(),
            address: row.venue_address.clone(),
            zone: format::zone(lang, zone),
            tz: zone,
            contact: contact.to_owned(),
            test: false,
        }
    }

    /// Until when a ticket lets in, where that is before the doors close; else empty.
    pub(super) fn arrive_by(&self, ticket: &IssuedTicket) -> String {
        let told = |until| self.t1("guest-list-arrive-by", "time", format::hour(self.lang, until, self.tz));
        messages::instant(ticket.admit_until).map(told).unwrap_or_default()
    }

    pub(super) fn t(&self, key: &str) -> String {
        ui::text(self.lang, key, &[])
    }

    pub(super) fn t1(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        ui::text(self.lang, key, &[(name, &value)])
    }
}

/// A ticket as the email shows it.
struct TicketCard {
    number: usize,
    of: usize,
    type_name: String,
    holder: String,
    /// Until when it lets in, where that is before the doors close; else empty.
    arrive_by: String,
    content_id: String,
}

struct Line {
    label: String,
    amount: String,
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
    reference: String,
    order_url: String,
    tickets: Vec<TicketCard>,
    lines: Vec<Line>,
    total: String,
    free: bool,
}

fn order_paid(message: &OrderPaid, frame: &Frame) -> Result<Rendered, RenderError> {
    let lang = frame.lang;
    let currency = currency(&message.currency)?;
    let money = |minor| format::money(lang, Money::new(minor, currency));
    let mail = OrderPaidMail {
        name: message.buyer.as_ref().map(|buyer| buyer.name.clone()).unwrap_or_default(),
        reference: message.reference.clone(),
        order_url: message.order_url.clone(),
        tickets: ticket_cards(message, frame),
        lines: message
            .lines
            .iter()
            .map(|line| Line { label: label(line, frame), amount: money(line.total_minor) })
            .collect(),
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

fn ticket_cards(message: &OrderPaid, frame: &Frame) -> Vec<TicketCard> {
    let of = message.tickets.len();
    let card = |(ticket, number): (&IssuedTicket, usize)| TicketCard {
        number,
        of,
        type_name: ticket.ticket_type_name.clone(),
        holder: ticket.holder_name.clone(),
        arrive_by: frame.arrive_by(ticket),
        content_id: content_id(number),
    };
    message.tickets.iter().zip(1..).map(card).collect()
}

fn pictures(message: &OrderPaid) -> Result<Vec<Picture>, RenderError> {
    let picture = |(ticket, number): (&IssuedTicket, usize)| {
        let png = ui::qr::png(&ticket.code).map_err(|e| RenderError::Payload(e.to_string()))?;
        let file_name = format!("ticket-{}-{number}.png", message.reference);
        Ok(Picture { content_id: content_id(number), file_name, png })
    };
    message.tickets.iter().zip(1..).map(picture).collect()
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

#[derive(Template)]
#[template(path = "emails/order_refunded/mail.html")]
struct OrderRefundedHtml<'a> {
    frame: &'a Frame,
    mail: &'a OrderRefundedMail,
}

#[derive(Template)]
#[template(path = "emails/order_refunded/mail.txt", escape = "none")]
struct OrderRefundedText<'a> {
    frame: &'a Frame,
    mail: &'a OrderRefundedMail,
}

struct OrderRefundedMail {
    name: String,
    reference: String,
    /// Empty where the tickets were free, or are paid back at the venue.
    amount: String,
    /// What stands over the amount: on its way, or handed back.
    amount_label: String,
    /// How it comes back.
    when: String,
    /// What waits at the venue; empty for nothing.
    due: String,
    /// What is credit now, and what becomes of it; empty for nothing.
    credit: String,
    credit_how: String,
    /// What spends it; empty where it went back to one that the guest has.
    credit_code: String,
    /// Where to wait for places, for who paid too late; empty for nothing to wait for.
    waitlist_url: String,
    reason: String,
    tickets_gone: usize,
}

fn order_refunded(message: &OrderRefunded, frame: &Frame) -> Result<Rendered, RenderError> {
    let lang = frame.lang;
    let currency = currency(&message.currency)?;
    let money = |minor| format::money(lang, Money::new(minor, currency));
    let some = |minor| if minor > 0 { money(minor) } else { String::new() };
    let at_venue = matches!(message.channel(), SaleChannel::CashAtVenue | SaleChannel::CardAtVenue);
    let (amount_label, when) = match message.settled_how() {
        SettledHow::Cash => ("email-refund-amount-otherwise", "email-refund-when-cash"),
        SettledHow::BankTransfer => ("email-refund-amount-otherwise", "email-refund-when-transfer"),
        SettledHow::Unspecified if at_venue => ("email-refund-amount-venue", "email-refund-when-venue"),
        SettledHow::Unspecified => ("email-refund-amount", "email-refund-when"),
    };
    let mail = OrderRefundedMail {
        name: message.buyer.as_ref().map(|buyer| buyer.name.clone()).unwrap_or_default(),
        reference: message.reference.clone(),
        reason: frame.t(reason_key(message)),
        tickets_gone: message.ticket_ids.len(),
        amount: some(message.amount_minor),
        amount_label: frame.t(amount_label),
        when: frame.t(when),
        due: some(message.due_at_venue_minor),
        credit: some(message.credit_minor),
        credit_how: credit_how(message, frame),
        credit_code: message.credit_code.clone(),
        waitlist_url: message.waitlist_url.clone(),
    };
    let amount = if message.amount_minor > 0 { &mail.amount } else { &mail.credit };
    let about: &[(&'static str, &dyn Argument)] = &[("amount", amount), ("event", &frame.title)];
    let subject = match (message.amount_minor, message.reason()) {
        (0, RefundReason::NightCancelled) => ui::text(lang, "email-order-cancelled-subject", &about[1..]),
        (0, RefundReason::GuestList) => ui::text(lang, "guest-list-mail-taken-off-subject", &about[1..]),
        (0, _) if message.credit_minor > 0 => ui::text(lang, "email-credit-subject", about),
        (0, _) => ui::text(lang, "email-order-voided-subject", &about[1..]),
        _ if message.settled_how() != SettledHow::Unspecified => {
            ui::text(lang, "email-order-otherwise-subject", about)
        }
        _ if at_venue => ui::text(lang, "email-order-handed-subject", about),
        _ => ui::text(lang, "email-order-refunded-subject", about),
    };
    Ok(Rendered {
        subject: one_line(&subject),
        text: OrderRefundedText { frame, mail: &mail }.render()?,
        html: OrderRefundedHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}

/// How a guest comes by what is credit now.
fn credit_how(message: &OrderRefunded, frame: &Frame) -> String {
    match messages::instant(message.credit_until).filter(|_| !message.credit_code.is_empty()) {
        Some(until) => frame.t1("email-credit-how", "until", format::date_time(frame.lang, until, frame.tz)),
        None => frame.t("email-credit-back"),
    }
}

fn reason_key(message: &OrderRefunded) -> &'static str {
    let nothing = message.amount_minor + message.credit_minor == 0;
    match message.reason() {
        _ if message.settled_how() != SettledHow::Unspecified => "email-refund-reason-otherwise",
        RefundReason::Staff if !message.credit_code.is_empty() => "email-refund-reason-credit",
        RefundReason::NightCancelled if message.due_at_venue_minor > 0 => "email-refund-reason-night-venue",
        RefundReason::Guest if nothing => "email-refund-reason-guest-free",
        RefundReason::Staff if nothing => "email-refund-reason-voided",
        RefundReason::LatePayment => "email-refund-reason-late",
        RefundReason::SecondPayment => "email-refund-reason-second",
        RefundReason::AmountMismatch => "email-refund-reason-amount",
        RefundReason::EventOffSale => "email-refund-reason-off-sale",
        RefundReason::Guest => "email-refund-reason-guest",
        RefundReason::NightCancelled => "email-refund-reason-night",
        RefundReason::GuestList => "guest-list-mail-taken-off",
        RefundReason::Staff
        | RefundReason::AtStripe
        | RefundReason::Exchanged
        | RefundReason::Unspecified => "email-refund-reason-club",
    }
}

fn currency(code: &str) -> Result<Currency, RenderError> {
    code.parse().map_err(|_| RenderError::Payload(format!("currency {code:?}")))
}

/// A title with a line break must not end the subject.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
