//! The frame as its template reads it: every amount already written in the reader's language.

use domain::language::Language;
use serde::Serialize;
use ui::{format, text};

use crate::bill::{Bill, Payment, Seller};

/// What a label stands beside.
pub(crate) type Pair = (String, String);

/// `bill.typ`'s data.
#[derive(Serialize)]
pub(crate) struct BillView<'a> {
    pub(crate) lang: &'static str,
    /// What the band over a bill of test mode says; empty on a real one.
    test: String,
    pub(crate) document_title: String,
    pub(crate) kind: String,
    seller: SellerView<'a>,
    buyer_title: String,
    buyer: Vec<String>,
    pub(crate) facts: Vec<Pair>,
    columns: Columns,
    lines: Vec<LineView<'a>>,
    total_label: String,
    total: String,
    /// Heads of the tax table and its rows; no rows, no table.
    tax_heads: [String; 4],
    taxes: Vec<[String; 4]>,
    no_tax: String,
    /// Titled lists under the total: payments, refunds.
    pub(crate) movements: Vec<Movements>,
    pub(crate) notes: Vec<String>,
    footer: String,
    /// `Page`, `of`.
    page: Pair,
}

#[derive(Serialize)]
struct SellerView<'a> {
    name: &'a str,
    lines: Vec<String>,
}

#[derive(Serialize)]
struct Columns {
    label: String,
    quantity: String,
    unit: String,
    rate: Option<String>,
    total: String,
}

#[derive(Serialize)]
struct LineView<'a> {
    label: &'a str,
    detail: Option<&'a str>,
    quantity: String,
    unit: String,
    rate: String,
    total: String,
}

/// A titled list of amounts.
#[derive(Serialize)]
pub(crate) struct Movements {
    pub(crate) title: String,
    pub(crate) rows: Vec<[String; 3]>,
}

impl<'a> BillView<'a> {
    /// The frame, named `kind`.
    pub(crate) fn new(bill: &'a Bill, kind: String) -> Self {
        let lang = bill.language;
        let label = |key: &str| text(lang, key, &[]);
        let taxed = !bill.taxes.is_empty();
        Self {
            lang: lang.code(),
            test: if bill.mode.is_test() { label("documents-test-bill") } else { String::new() },
            document_title: format!("{kind} {}", bill.number),
            kind,
            seller: SellerView { name: &bill.seller.legal_name, lines: seller_lines(lang, &bill.seller) },
            buyer_title: label("documents-bill-buyer"),
            buyer: buyer_lines(bill),
            facts: facts(bill),
            columns: Columns {
                label: label("documents-bill-what"),
                quantity: label("documents-bill-quantity"),
                unit: label("documents-bill-unit"),
                rate: taxed.then(|| label("documents-bill-tax")),
                total: label("documents-bill-amount"),
            },
            lines: lines(bill),
            total_label: label(if taxed { "documents-bill-total-with-tax" } else { "shared-total" }),
            total: format::money(lang, bill.total),
            tax_heads: [
                "documents-bill-rate",
                "documents-bill-net",
                "documents-bill-tax",
                "documents-bill-gross",
            ]
            .map(label),
            taxes: taxes(bill),
            no_tax: if taxed { String::new() } else { label("documents-bill-no-tax") },
            movements: Vec::new(),
            notes: bill.legal_note.iter().cloned().collect(),
            footer: format!("{} · {}", bill.seller.legal_name, bill.seller.tax_id),
            page: (label("documents-page"), label("documents-page-of")),
        }
    }
}

/// A titled list of payments.
pub(crate) fn payments(lang: Language, title: &str, payments: &[Payment]) -> Option<Movements> {
    let rows: Vec<[String; 3]> = payments
        .iter()
        .map(|paid| {
            [format::calendar_date(lang, paid.on), paid.method.clone(), format::money(lang, paid.amount)]
        })
        .collect();
    (!rows.is_empty()).then(|| Movements { title: text(lang, title, &[]), rows })
}

fn seller_lines(lang: Language, seller: &Seller) -> Vec<String> {
    let mut lines = seller.address.clone();
    lines.push(text(lang, "documents-bill-tax-id", &[("id", &seller.tax_id)]));
    lines.extend(seller.contact.iter().cloned());
    lines
}

fn buyer_lines(bill: &Bill) -> Vec<String> {
    let buyer = &bill.buyer;
    let mut lines = vec![buyer.name.clone()];
    lines.extend(buyer.address.iter().cloned());
    lines.extend(buyer.tax_id.iter().map(|id| text(bill.language, "documents-bill-tax-id", &[("id", id)])));
    lines.extend(buyer.email.iter().cloned());
    lines
}

fn facts(bill: &Bill) -> Vec<Pair> {
    let lang = bill.language;
    let label = |key: &str| text(lang, key, &[]);
    vec![
        (label("documents-bill-number"), bill.number.clone()),
        (label("documents-bill-date"), format::calendar_date(lang, bill.issued_on)),
        (label("documents-bill-supplied"), format::calendar_date(lang, bill.supplied_on)),
        (label("documents-order"), bill.order.as_str().to_owned()),
    ]
}

fn lines(bill: &Bill) -> Vec<LineView<'_>> {
    let lang = bill.language;
    let lines = bill.lines.iter().map(|line| LineView {
        label: &line.label,
        detail: line.detail.as_deref(),
        quantity: format::count(lang, u64::from(line.quantity)),
        unit: line.unit.map(|unit| format::money(lang, unit)).unwrap_or_default(),
        rate: line.tax_rate.map(|rate| rate_text(lang, rate)).unwrap_or_default(),
        total: format::money(lang, line.total),
    });
    lines.collect()
}

fn taxes(bill: &Bill) -> Vec<[String; 4]> {
    let money = |amount| format::money(bill.language, amount);
    let rows = bill.taxes.iter().map(|share| {
        [rate_text(bill.language, share.rate), money(share.net), money(share.tax), money(share.gross)]
    });
    rows.collect()
}

/// `21 %`, `10.5 %` / `10,5 %`.
fn rate_text(lang: Language, rate: u32) -> String {
    let point = if lang == Language::Es { ',' } else { '.' };
    let (whole, part) = (rate / 100, rate % 100);
    let part = format!("{part:02}");
    match part.trim_end_matches('0') {
        "" => format!("{whole}\u{a0}%"),
        part => format!("{whole}{point}{part}\u{a0}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::rate_text;
    use domain::language::Language::{En, Es};

    #[test]
    fn rates_are_written_as_people_write_them() {
        assert_eq!(rate_text(En, 2100), "21\u{a0}%");
        assert_eq!(rate_text(Es, 1050), "10,5\u{a0}%");
        assert_eq!(rate_text(En, 725), "7.25\u{a0}%");
        assert_eq!(rate_text(En, 0), "0\u{a0}%");
        assert_eq!(rate_text(En, 5), "0.05\u{a0}%");
    }
}
