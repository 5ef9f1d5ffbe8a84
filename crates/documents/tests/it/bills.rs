//! Receipts, invoices and credit notes.

use documents::{
    Bill, Buyer, CreditNote, Line, Payment, Receipt, ReceiptKind, RefundMade, Seller, TaxShare,
    credit_note_pdf, receipt_pdf,
};
use domain::language::Language;

use crate::paper::{leave, squeeze, words};
use crate::{NAMES, at, eur, reference};

pub fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub fn line(label: &str, quantity: u32, unit: Option<i64>, total: i64) -> Line {
    Line {
        label: label.to_owned(),
        detail: None,
        quantity,
        unit: unit.map(eur),
        tax_rate: Some(2100),
        total: eur(total),
    }
}

/// Two tickets, a shared fee, a discount, a coat at another rate: 46.23 €.
pub fn bill(language: Language) -> Bill {
    let detail = Some("Noche de Mezcal, Friday 27 November 2026".to_owned());
    Bill {
        mode: domain::mode::Mode::Live,
        language,
        number: "2026-000123".to_owned(),
        issued_on: day("2026-11-20"),
        supplied_on: day("2026-11-27"),
        seller: Seller {
            legal_name: "Maguey Noches, S.L.".to_owned(),
            address: vec!["Calle del Agave 12".to_owned(), "28004 Madrid, Spain".to_owned()],
            tax_id: "B12345674".to_owned(),
            contact: Some("accounts@maguey.example".to_owned()),
        },
        buyer: Buyer {
            name: "Ana Torres".to_owned(),
            address: vec!["Gran Vía 1".to_owned(), "28013 Madrid".to_owned()],
            tax_id: Some("12345678Z".to_owned()),
            email: Some("ana@example.org".to_owned()),
        },
        order: reference(),
        lines: vec![
            Line { detail, ..line("General admission", 2, Some(2200), 4400) },
            line("Service fee", 2, None, 423),
            line("Promo VERANO", 1, Some(-500), -500),
            Line { tax_rate: Some(1000), ..line("Cloakroom", 1, Some(300), 300) },
        ],
        taxes: vec![
            TaxShare { rate: 2100, net: eur(3573), tax: eur(750), gross: eur(4323) },
            TaxShare { rate: 1000, net: eur(273), tax: eur(27), gross: eur(300) },
        ],
        total: eur(4623),
        payments: vec![Payment {
            method: "Visa ···· 4242".to_owned(),
            on: day("2026-11-20"),
            amount: eur(4623),
        }],
        legal_note: Some("Registro Mercantil de Madrid, tomo 1, folio 2.".to_owned()),
        made_at: at("2026-11-20T10:00:00Z"),
    }
}

pub fn receipt(language: Language) -> Receipt {
    let refund =
        RefundMade { on: day("2026-11-22"), reference: "R-2026-000007".to_owned(), amount: eur(1000) };
    Receipt { kind: ReceiptKind::Invoice, bill: bill(language), refunds: vec![refund] }
}

pub fn credit_note() -> CreditNote {
    let mut bill = bill(Language::Es);
    bill.number = "R-2026-000007".to_owned();
    bill.lines = vec![line("Entrada general", 1, Some(-1000), -1000)];
    bill.taxes = vec![TaxShare { rate: 2100, net: eur(-826), tax: eur(-174), gross: eur(-1000) }];
    bill.total = eur(-1000);
    bill.payments =
        vec![Payment { method: "Visa ···· 4242".to_owned(), on: day("2026-11-22"), amount: eur(-1000) }];
    CreditNote {
        bill,
        corrects: "2026-000123".to_owned(),
        corrects_of: day("2026-11-20"),
        reason: "Devolución de una entrada.".to_owned(),
    }
}

fn assert_says(pages: &[String], sentences: &[&str]) {
    let all = pages.concat();
    for sentence in sentences {
        assert!(all.contains(&squeeze(sentence)), "{sentence:?} is missing in {all}");
    }
}

#[test]
fn an_invoice_says_what_a_tax_office_asks_for() {
    let pdf = receipt_pdf(&receipt(Language::En)).unwrap();
    let pages = words(&pdf);
    leave(&pdf, "invoice-en.pdf");
    assert_eq!(pages.len(), 1);
    assert_says(
        &pages,
        &[
            "Invoice",
            "2026-000123",
            "Friday 20 November 2026",
            "Friday 27 November 2026",
            "K7M2QX9P",
            "Maguey Noches, S.L.",
            "Calle del Agave 12",
            "Tax id B12345674",
            "Ana Torres",
            "Gran Vía 1",
            "Tax id 12345678Z",
            "General admission",
            "22.00 €",
            "44.00 €",
            "Service fee",
            "4.23 €",
            "Promo VERANO",
            "−5.00 €",
            "Cloakroom",
            "21 %",
            "35.73 €",
            "7.50 €",
            "43.23 €",
            "10 %",
            "2.73 €",
            "0.27 €",
            "3.00 €",
            "Total incl. VAT",
            "46.23 €",
            "Visa ···· 4242",
            "Refunded since",
            "R-2026-000007",
            "10.00 €",
            "Page 1 of 1",
        ],
    );
}

#[test]
fn a_credit_note_is_negative_and_names_what_it_corrects() {
    let pdf = credit_note_pdf(&credit_note()).unwrap();
    leave(&pdf, "credit-note-es.pdf");
    assert_says(
        &words(&pdf),
        &[
            "Factura rectificativa",
            "R-2026-000007",
            "Rectifica",
            "2026-000123",
            "De fecha Viernes 20 de noviembre de 2026",
            "Devolución de una entrada.",
            "−10,00 €",
            "−8,26 €",
            "−1,74 €",
            "Base imponible",
            "NIF B12345674",
            "Devuelto",
        ],
    );
}

#[test]
fn a_long_bill_repeats_its_heads_and_counts_its_pages() {
    let mut receipt = receipt(Language::En);
    receipt.kind = ReceiptKind::Receipt;
    let bill = &mut receipt.bill;
    bill.lines =
        (1..=120).map(|number| line(&format!("Ticket for guest {number}"), 1, Some(1000), 1000)).collect();
    bill.taxes = vec![TaxShare { rate: 2100, net: eur(99_174), tax: eur(20_826), gross: eur(120_000) }];
    bill.total = eur(120_000);
    bill.payments[0].amount = eur(120_000);
    let pdf = receipt_pdf(&receipt).unwrap();
    leave(&pdf, "receipt-long.pdf");
    let pages = words(&pdf);
    assert!(pages.len() >= 3, "{} pages", pages.len());
    for (number, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page{}of{}", number + 1, pages.len())), "{page}");
        assert!(page.contains("MagueyNoches,S.L."), "{page}");
        if page.contains("Ticketforguest") {
            assert!(
                page.contains("DescriptionQuantityEach"),
                "the head is missing on page {}: {page}",
                number + 1
            );
        }
    }
    assert!((1..=120).all(|number| pages.concat().contains(&format!("Ticketforguest{number}"))));
    assert_says(&pages, &["1,200.00 €"]);
}

#[test]
fn a_bill_without_tax_says_so_and_has_no_tax_columns() {
    let mut receipt = receipt(Language::En);
    receipt.kind = ReceiptKind::Receipt;
    receipt.refunds.clear();
    receipt.bill.taxes.clear();
    receipt.bill.lines.iter_mut().for_each(|line| line.tax_rate = None);
    let pdf = receipt_pdf(&receipt).unwrap();
    leave(&pdf, "receipt-no-tax.pdf");
    let pages = words(&pdf);
    assert_says(&pages, &["No VAT is charged.", "46.23 €"]);
    assert!(!pages[0].contains("%") && !pages[0].contains("Net"), "{}", pages[0]);
}

#[test]
fn what_people_write_stays_what_they_wrote() {
    for name in &NAMES[..4] {
        let mut receipt = receipt(Language::En);
        receipt.bill.buyer.name = (*name).to_owned();
        receipt.bill.lines[0].label = format!("Label {name}");
        receipt.bill.payments[0].method = format!("Card {name}");
        assert_says(
            &words(&receipt_pdf(&receipt).unwrap()),
            &[name, &format!("Label {name}"), &format!("Card {name}")],
        );
    }
    let mut receipt = receipt(Language::En);
    let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(6);
    receipt.bill.buyer.name.clone_from(&long);
    receipt.bill.seller.legal_name.clone_from(&long);
    receipt.bill.lines[0].label = long.clone();
    receipt.bill.payments[0].method = format!("{} مريم 🌵", &long[..120]);
    let pdf = receipt_pdf(&receipt).unwrap();
    leave(&pdf, "receipt-names.pdf");
    assert_says(&words(&pdf), &[&long, "46.23 €", "Paid"]);
}

#[test]
fn a_bill_of_test_mode_says_that_nothing_was_paid() {
    let mut test = receipt(Language::En);
    test.bill.mode = domain::mode::Mode::Test;
    let page = &words(&receipt_pdf(&test).unwrap())[0];
    assert!(page.contains(&crate::paper::squeeze("TEST · No money was paid")), "{page}");
}
