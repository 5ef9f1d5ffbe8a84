//! What an email says: subject, text, HTML, and the QR codes as pictures inside it.

use chrono_tz::Tz;
use domain::language::Language;
use domain::mode::Mode;
use domain::money::Currency;
use domain::night::BusinessNight;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{IssuedTicket, MailAsked};
use prost::Message;
use ui::{Argument, format};

use crate::events::store::Event;
use crate::notifications::render_asked;
use crate::notifications::store::Template as Kind;

mod account;
mod freed;
mod gone;
mod new_date;
mod paid;
mod refunded;
mod table;
mod waitlist;

pub(super) use paid::moves;

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
    let mail = match kind {
        Kind::Account => return of_account(payload, lang, contact, mode),
        Kind::OrderPaid => paid::order_paid(&decode(payload)?, &frame),
        Kind::OrderRefunded => refunded::order_refunded(&decode(payload)?, &frame),
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
        Kind::TableFreed => {
            let asked: MailAsked = decode(payload)?;
            let name = asked.recipient.map(|to| to.name).unwrap_or_default();
            let Some(About::TableFreed(message)) = asked.about else {
                return Err(RenderError::Payload("no table came free".to_owned()));
            };
            freed::mail(&name, &message, &frame)
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
        Kind::TableChanged
        | Kind::TableCancelled
        | Kind::TableReleased
        | Kind::TableReminder
        | Kind::TableApproved
        | Kind::TableDeclined
        | Kind::TableLapsed => table::mail(kind, &decode(payload)?, &frame),
        Kind::WaitlistJoined | Kind::WaitlistOffered => {
            waitlist::mail(kind, &decode(payload)?, &frame, event)
        }
    }?;
    Ok(marked(mail, &frame))
}

/// Writes a mail about an account, which is of no night.
pub fn of_account(
    payload: &[u8],
    lang: Language,
    contact: &str,
    mode: Mode,
) -> Result<Rendered, RenderError> {
    let frame = Frame { test: mode.is_test(), ..Frame::of_no_night(lang, contact) };
    Ok(marked(account::mail(payload, &frame)?, &frame))
}

/// In test mode a mail says above everything that nothing in it is real.
fn marked(mut mail: Rendered, frame: &Frame) -> Rendered {
    if frame.test {
        mail.text = format!("*** TEST *** {}\n\n{}", frame.t("email-test"), mail.text);
    }
    mail
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

    /// For what is of no night.
    fn of_no_night(lang: Language, contact: &str) -> Self {
        Self {
            lang,
            title: ui::text(lang, "shared-club", &[]),
            date: String::new(),
            night: String::new(),
            venue: String::new(),
            address: String::new(),
            zone: String::new(),
            tz: Tz::UTC,
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

fn currency(code: &str) -> Result<Currency, RenderError> {
    code.parse().map_err(|_| RenderError::Payload(format!("currency {code:?}")))
}

/// A title with a line break must not end the subject.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
