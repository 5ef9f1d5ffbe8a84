//! The receipt's contents, from what stood fast: the order's lines, the number, the seller.

use chrono_tz::Tz;
use documents::{Bill, Buyer, Line, Payment, Receipt, ReceiptKind, RefundMade, TaxShare};
use domain::language::Language;
use domain::mode::Mode;
use domain::money::Money;
use domain::night::BusinessNight;
use domain::order::Channel;
use domain::quote::LineKind;
use ui::{format, text};
use web::Fault;

use super::store::Numbered;
use crate::orders::store::{LineRow, OrderRow};
use crate::orders::view::OrderView;

/// Money that moved: when, and how much.
pub(super) type Moved = (chrono::DateTime<chrono::Utc>, i64);

/// How a receipt is printed: for whom, when, and whether its money was real.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printing {
    pub lang: Language,
    pub at: chrono::DateTime<chrono::Utc>,
    pub mode: Mode,
}

/// The receipt of an order, in a reader's language.
pub(super) fn receipt(
    order: &OrderView,
    numbered: &Numbered,
    paid: Moved,
    returned: &[Moved],
    printed: Printing,
) -> Result<Receipt, Fault> {
    let lang = printed.lang;
    let seller = numbered.seller().map_err(Fault::internal)?;
    let currency = order.quote.currency;
    let money = |minor| Money::new(minor, currency);
    let night_zone: Tz = order.event.time_zone.parse().unwrap_or_default();
    let night = BusinessNight::of(order.event.starts_at, night_zone).date();
    let about = format!("{} · {}", order.event.title, format::calendar_date(lang, night));
    // A credit is no sale: it pays.
    let sold: Vec<&LineRow> =
        order.lines.iter().filter(|line| line.kind != LineKind::Credit.code()).collect();
    let credit = Some(-order.quote.sum_of(LineKind::Credit)).filter(|minor| *minor > 0);
    let taxed = order.lines.iter().any(|line| line.tax_basis_points > 0);
    let bill = Bill {
        mode: printed.mode,
        language: lang,
        number: numbered.printed(),
        issued_on: seller.day(numbered.issued_at),
        supplied_on: night,
        buyer: Buyer {
            name: order.row.buyer_name.clone(),
            address: Vec::new(),
            tax_id: None,
            email: Some(order.row.buyer_email.clone()).filter(|email| !email.is_empty()),
        },
        order: order.row.reference.parse().map_err(Fault::internal)?,
        lines: sold.iter().map(|row| line(row, lang, &about, taxed, money)).collect(),
        taxes: if taxed { taxes(&sold, money) } else { Vec::new() },
        total: money(order.quote.worth_minor()),
        payments: (paid.1 > 0)
            .then(|| (method(&order.row), paid.1))
            .into_iter()
            .chain(credit.map(|minor| ("guests-receipt-paid-credit", minor)))
            .map(|(method, minor)| Payment {
                method: text(lang, method, &[]),
                on: seller.day(paid.0),
                amount: money(minor),
            })
            .collect(),
        legal_note: None,
        made_at: printed.at,
        seller: documents::Seller {
            legal_name: seller.legal_name.clone(),
            address: seller.address.clone(),
            tax_id: seller.tax_id.clone(),
            contact: seller.contact.clone(),
        },
    };
    let refund = |(at, minor): &Moved| RefundMade {
        on: seller.day(*at),
        reference: text(lang, "guests-receipt-refund", &[]),
        amount: money(*minor),
    };
    Ok(Receipt { kind: ReceiptKind::Receipt, bill, refunds: returned.iter().map(refund).collect() })
}

/// How it was paid, in words.
fn method(order: &OrderRow) -> &'static str {
    match Channel::from_code(&order.channel) {
        Some(Channel::CashAtVenue) => "guests-receipt-paid-cash",
        Some(Channel::CardAtVenue) => "guests-receipt-paid-card",
        _ => "guests-receipt-paid-online",
    }
}

fn line(row: &LineRow, lang: Language, about: &str, taxed: bool, money: impl Fn(i64) -> Money) -> Line {
    let kind = LineKind::from_code(&row.kind).unwrap_or(LineKind::Ticket);
    let ticket = kind == LineKind::Ticket;
    Line {
        label: match kind {
            LineKind::Ticket => row.label.clone(),
            LineKind::Discount => text(lang, "purchase-discount-line", &[("code", &row.label)]),
            LineKind::Fee => text(lang, "purchase-fee-line", &[("type", &row.label)]),
            LineKind::Tax => text(lang, "purchase-tax-line", &[("type", &row.label)]),
            LineKind::Credit => text(lang, "purchase-credit-line", &[("code", &row.label)]),
        },
        detail: ticket.then(|| about.to_owned()),
        quantity: row.quantity.unsigned_abs(),
        // A discount, a fee and a tax are rounded once for all, and need not divide by the quantity.
        unit: ticket.then(|| money(row.unit_minor)),
        tax_rate: taxed.then(|| u32::try_from(row.tax_basis_points).unwrap_or_default()),
        total: money(row.total_minor),
    }
}

/// Net, tax and gross of each rate: what the lines say of themselves, whether the tax is inside a price or on a line of its own.
fn taxes(lines: &[&LineRow], money: impl Fn(i64) -> Money) -> Vec<TaxShare> {
    let mut rates: Vec<i64> = lines.iter().map(|line| line.tax_basis_points).collect();
    rates.sort_unstable_by(|a, b| b.cmp(a));
    rates.dedup();
    let share = |rate: i64| {
        let of_rate = || lines.iter().filter(move |line| line.tax_basis_points == rate);
        let gross: i64 = of_rate().map(|line| line.total_minor).sum();
        let tax: i64 = of_rate().map(|line| line.tax_minor).sum();
        TaxShare {
            rate: u32::try_from(rate).unwrap_or_default(),
            net: money(gross - tax),
            tax: money(tax),
            gross: money(gross),
        }
    };
    rates.into_iter().map(share).collect()
}
