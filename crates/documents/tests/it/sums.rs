//! A paper whose amounts do not add up is refused, whatever is wrong with it.

use documents::{Bill, CreditNote, DocumentError, Receipt, SumFault, TaxShare, credit_note_pdf, receipt_pdf};
use domain::language::Language;
use domain::money::{Currency, Money};

use crate::bills::{credit_note, line, receipt};
use crate::eur;

fn refused(change: impl FnOnce(&mut Receipt)) -> SumFault {
    let mut receipt = receipt(Language::En);
    change(&mut receipt);
    match receipt_pdf(&receipt) {
        Err(DocumentError::Sums(fault)) => fault,
        other => panic!("not refused: {:?}", other.map(|pdf| pdf.len())),
    }
}

fn refused_bill(change: impl FnOnce(&mut Bill)) -> SumFault {
    refused(|receipt| change(&mut receipt.bill))
}

#[test]
fn one_cent_anywhere_is_refused() {
    let differs = |fault| matches!(fault, SumFault::Differs { .. });
    assert!(differs(refused_bill(|bill| bill.total = eur(4624))));
    assert!(differs(refused_bill(|bill| bill.lines[0].unit = Some(eur(2201)))));
    assert!(differs(refused_bill(|bill| bill.lines[1].total = eur(424))));
    assert!(differs(refused_bill(|bill| bill.taxes[0].tax = eur(751))));
    assert!(differs(refused_bill(|bill| bill.taxes[1].gross = eur(301))));
    assert!(differs(refused_bill(|bill| bill.payments[0].amount = eur(4622))));
    assert!(differs(refused_bill(|bill| bill.payments.clear())));
    // A cent moved from one rate to the other leaves the total right and both rates wrong.
    assert!(differs(refused_bill(|bill| {
        (bill.taxes[0].net, bill.taxes[0].gross) = (eur(3574), eur(4324));
        (bill.taxes[1].net, bill.taxes[1].gross) = (eur(272), eur(299));
    })));
}

#[test]
fn rates_on_lines_and_taxes_are_the_same() {
    assert_eq!(refused_bill(|bill| bill.taxes.truncate(1)), SumFault::Rate(Some(1000)));
    assert_eq!(refused_bill(|bill| bill.taxes.clear()), SumFault::Rate(Some(2100)));
    assert_eq!(refused_bill(|bill| bill.lines[3].tax_rate = None), SumFault::Rate(Some(1000)));
    assert_eq!(refused_bill(|bill| bill.taxes.push(bill.taxes[0])), SumFault::Rate(Some(2100)));
}

#[test]
fn a_tax_on_top_is_a_line_at_its_own_rate() {
    let on_top = |tax: i64| {
        let mut receipt = receipt(Language::En);
        let bill = &mut receipt.bill;
        bill.lines = vec![line("General admission", 2, Some(1000), 2000), line("Sales tax", 2, None, tax)];
        bill.taxes = vec![TaxShare { rate: 2100, net: eur(2000), tax: eur(420), gross: eur(2420) }];
        bill.total = eur(2000 + tax);
        bill.payments[0].amount = bill.total;
        receipt_pdf(&receipt)
    };
    assert!(on_top(420).is_ok());
    assert!(matches!(on_top(421), Err(DocumentError::Sums(SumFault::Differs { .. }))));
}

#[test]
fn signs_currencies_and_sizes_are_held() {
    assert!(matches!(refused(|receipt| receipt.refunds[0].amount = eur(-1)), SumFault::Sign { .. }));
    assert_eq!(refused(|receipt| receipt.refunds[0].amount = eur(4624)), SumFault::TooMuchBack(eur(4624)));
    assert!(matches!(
        refused_bill(|bill| bill.lines[0].total = Money::new(4400, Currency::Usd)),
        SumFault::Money(_)
    ));
    assert!(matches!(refused_bill(|bill| bill.lines[0].unit = Some(eur(i64::MAX))), SumFault::Money(_)));
}

#[test]
fn a_credit_note_takes_back() {
    let refused = |change: fn(&mut CreditNote)| {
        let mut note = credit_note();
        change(&mut note);
        credit_note_pdf(&note)
    };
    assert!(matches!(
        refused(|note| note.bill.total = eur(1000)),
        Err(DocumentError::Sums(SumFault::Sign { .. }))
    ));
    assert!(matches!(
        refused(|note| note.bill.total = eur(-999)),
        Err(DocumentError::Sums(SumFault::Differs { .. }))
    ));
    assert!(matches!(refused(|note| note.bill.lines.clear()), Err(DocumentError::Nothing)));
    // A receipt can't pass for one, nor the other way round.
    let note = credit_note();
    let posing = Receipt { kind: documents::ReceiptKind::Receipt, bill: note.bill, refunds: Vec::new() };
    assert!(matches!(receipt_pdf(&posing), Err(DocumentError::Sums(SumFault::Sign { .. }))));
}
