//! How a night and its types are sold, out of the message.

use domain::event::companion::Companion;
use domain::event::guest_price::GuestPrice;
use domain::event::question::{Label, Question, QuestionKind};
use domain::event::terms::{EventTerms, RefundPolicy, SharedCap, TicketKind, TypeTerms, Visibility};
use domain::quote::{ServiceFee, Tax};
use domain::tier::Tier;
use messages::marketing_admin::v1::{
    Companion as WireCompanion, EventChanged, EventVisibility, Label as WireLabel, PriceTier,
    Question as WireQuestion, QuestionKind as WireAnswer, ServiceFee as WireFee, TicketKind as WireKind,
    TicketType,
};
use serde::Serialize;
use serde_json::Value;

use super::consume::NotApplied;

/// Terms are plain data: they can always be written.
pub(crate) fn json(terms: &impl Serialize) -> Value {
    serde_json::to_value(terms).unwrap_or_default()
}

/// The night's.
pub(super) fn event(message: &EventChanged) -> Result<EventTerms, NotApplied> {
    let caps = message.shared_caps.iter().map(|cap| {
        let id = cap.shared_cap_id.parse().map_err(|_| NotApplied::Unreadable("shared_cap_id"))?;
        Ok::<_, NotApplied>(SharedCap { id, name: cap.name.clone(), capacity: cap.capacity })
    });
    let refunds = message.refunds.unwrap_or_default();
    Ok(EventTerms {
        visibility: match message.visibility() {
            EventVisibility::Unspecified | EventVisibility::Public => Visibility::Public,
            EventVisibility::Unlisted => Visibility::Unlisted,
            EventVisibility::Private => Visibility::Private,
        },
        access_code: said(&message.access_code),
        shared_caps: caps.collect::<Result<_, _>>()?,
        refunds: RefundPolicy {
            self_service_until: messages::instant(refunds.self_service_until),
            keeps_fees: refunds.keeps_fees,
        },
        questions: message.questions.iter().map(question).collect::<Result<_, _>>()?,
        exchange_until: messages::instant(message.exchange_until),
    })
}

fn question(question: &WireQuestion) -> Result<Question, NotApplied> {
    Ok(Question {
        id: question.question_id.parse().map_err(|_| NotApplied::Unreadable("question_id"))?,
        label: question.label.as_ref().map(label).ok_or(NotApplied::Unreadable("label"))?,
        kind: match question.kind() {
            WireAnswer::Unspecified | WireAnswer::Text => QuestionKind::Text,
            WireAnswer::Choice => QuestionKind::Choice,
            WireAnswer::YesNo => QuestionKind::YesNo,
            WireAnswer::BirthDate => QuestionKind::BirthDate,
        },
        options: question.options.iter().map(label).collect(),
        required: question.required,
        per_ticket: question.per_ticket,
        ticket_types: question.ticket_types.clone(),
    })
}

fn label(label: &WireLabel) -> Label {
    Label { en: label.en.clone(), es: label.es.clone() }
}

/// A ticket type's.
pub(super) fn of_type(message: &TicketType) -> Result<TypeTerms, NotApplied> {
    let shared_cap = match message.shared_cap_id.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| NotApplied::Unreadable("shared_cap_id"))?),
    };
    let tax = message.tax.unwrap_or_default();
    Ok(TypeTerms {
        places: u32::try_from(message.places.max(1)).map_err(|_| NotApplied::Unreadable("places"))?,
        kind: match message.kind() {
            WireKind::Unspecified | WireKind::Entry => TicketKind::Entry,
            WireKind::AddOn => TicketKind::AddOn,
        },
        access_code: said(&message.access_code),
        max_per_guest: some(message.max_per_guest),
        tiers: message.tiers.iter().map(tier).collect::<Result<_, _>>()?,
        tax: Tax { basis_points: tax.basis_points, on_top: tax.on_top },
        fee: message.fee.map(fee),
        shared_cap,
        guest_price: message
            .guest_price
            .map(|range| GuestPrice { least_minor: range.least_minor, most_minor: range.most_minor }),
        needs: message.needs.as_ref().map(companion).transpose()?,
        entries: messages::entries_allowed(message.entries),
        admit_from: messages::instant(message.admit_from),
        admit_until: messages::instant(message.admit_until),
        asks_id: message.asks_id,
        rotating_code: message.rotating_code,
    })
}

/// A fee.
pub(super) fn fee(fee: WireFee) -> ServiceFee {
    ServiceFee { fixed_minor: fee.fixed_minor, basis_points: fee.basis_points, absorbed: fee.absorbed }
}

fn tier(tier: &PriceTier) -> Result<Tier, NotApplied> {
    Ok(Tier {
        id: tier.tier_id.parse().map_err(|_| NotApplied::Unreadable("tier_id"))?,
        name: tier.name.clone(),
        price_minor: tier.price_minor,
        places: some(tier.places),
        until: messages::instant(tier.until),
    })
}

fn companion(needs: &WireCompanion) -> Result<Companion, NotApplied> {
    let serves = u32::try_from(needs.serves.max(1)).map_err(|_| NotApplied::Unreadable("serves"))?;
    Ok(Companion { name: needs.name.clone(), serves })
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn some(number: i64) -> Option<i64> {
    (number > 0).then_some(number)
}
