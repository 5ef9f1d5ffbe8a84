//! What the holder of a ticket is told who has it no longer: it is good no more, or somebody else's.

use askama::Template;
use messages::purchase::v1::{LeftReason, OrderRefunded, RefundReason, TicketLeft};

use super::{Frame, RenderError, Rendered, one_line};

#[derive(Template)]
#[template(path = "emails/ticket_gone/mail.html")]
struct TicketGoneHtml<'a> {
    frame: &'a Frame,
    mail: &'a TicketGoneMail,
}

#[derive(Template)]
#[template(path = "emails/ticket_gone/mail.txt", escape = "none")]
struct TicketGoneText<'a> {
    frame: &'a Frame,
    mail: &'a TicketGoneMail,
}

struct TicketGoneMail {
    name: String,
    type_name: String,
    /// Why, in a sentence.
    line: String,
}

pub(super) fn ticket_gone(message: &OrderRefunded, frame: &Frame) -> Result<Rendered, RenderError> {
    let lost = message.lost.first().ok_or_else(|| RenderError::Payload("no ticket".to_owned()))?;
    let off = message.reason() == RefundReason::NightCancelled;
    let mail = TicketGoneMail {
        name: lost.holder.as_ref().map(|holder| holder.name.clone()).unwrap_or_default(),
        type_name: lost.ticket_type_name.clone(),
        line: frame.t(match (off, lost.share_id.is_empty()) {
            (true, true) => "email-gone-night",
            (false, true) => "email-gone-returned",
            (true, false) => "email-gone-shared-night",
            (false, false) => "email-gone-shared",
        }),
    };
    let subject = if off { "email-order-cancelled-subject" } else { "email-gone-subject" };
    Ok(Rendered {
        subject: one_line(&frame.t1(subject, "event", &frame.title)),
        text: TicketGoneText { frame, mail: &mail }.render()?,
        html: TicketGoneHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}

/// Where no refund tells it: a ticket changed hands, or staff voided it.
pub(super) fn ticket_left(name: &str, message: &TicketLeft, frame: &Frame) -> Result<Rendered, RenderError> {
    let (subject, line) = match message.reason() {
        LeftReason::HandedBack => ("email-left-back-subject", "email-left-back"),
        LeftReason::PassedOn => ("email-gone-subject", "email-left-passed-on"),
        LeftReason::Voided | LeftReason::Unspecified => ("email-gone-subject", "email-left-voided"),
    };
    let mail = TicketGoneMail {
        name: name.to_owned(),
        type_name: message.ticket_type_name.clone(),
        line: frame.t(line),
    };
    Ok(Rendered {
        subject: one_line(&frame.t1(subject, "event", &frame.title)),
        text: TicketGoneText { frame, mail: &mail }.render()?,
        html: TicketGoneHtml { frame, mail: &mail }.render()?,
        pictures: Vec::new(),
    })
}
