//! What went back, how it comes, and why.

use askama::Template;
use domain::money::Money;
use messages::purchase::v1::{OrderRefunded, RefundReason, SaleChannel, SettledHow};
use ui::{Argument, format};

use super::{Frame, RenderError, Rendered, currency, one_line};

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
    /// Where that guest sees what there is now, where there is no line; empty for everybody else.
    instead_url: String,
    reason: String,
    tickets_gone: usize,
}

pub(super) fn order_refunded(message: &OrderRefunded, frame: &Frame) -> Result<Rendered, RenderError> {
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
        instead_url: message.instead_url.clone(),
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
        // A year from now has the same day and month as today: without the year it reads as if it were over tonight.
        Some(until) => {
            let (date, time) =
                (format::date(frame.lang, until, frame.tz), format::time(frame.lang, until, frame.tz));
            frame.t1("email-credit-how", "until", format!("{date}, {time}"))
        }
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
        RefundReason::LateExchange => "email-refund-reason-late-exchange",
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
