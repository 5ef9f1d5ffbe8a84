//! A credit note: takes back a receipt or a part of it, in the same frame.

use chrono::NaiveDate;
use ui::{format, text};

use crate::DocumentError;
use crate::bill::view::{BillView, payments};
use crate::bill::{Bill, SumFault};
use crate::press::{self, Sheet};

/// A credit note.
#[derive(Debug, Clone)]
pub struct CreditNote {
    /// Parties, lines, tax, and what went back. Amounts are **negative**, as they stand in the books; so is the total.
    pub bill: Bill,
    /// The number of the paper it corrects.
    pub corrects: String,
    /// That paper's date.
    pub corrects_of: NaiveDate,
    /// Why, in the reader's language.
    pub reason: String,
}

/// One PDF, A4, in the frame of a receipt.
///
/// Errors: [`DocumentError::Nothing`] without a line, [`DocumentError::Sums`] if any amount is not the sum of its parts
/// or the total is not negative.
pub fn credit_note_pdf(note: &CreditNote) -> Result<Vec<u8>, DocumentError> {
    let bill = &note.bill;
    if bill.lines.is_empty() {
        return Err(DocumentError::Nothing);
    }
    if bill.total.minor() >= 0 {
        return Err(SumFault::Sign { what: "total", amount: bill.total }.into());
    }
    bill.check()?;
    let lang = bill.language;
    let mut view = BillView::new(bill, text(lang, "documents-credit-note", &[]));
    view.facts.push((text(lang, "documents-credit-note-corrects", &[]), note.corrects.clone()));
    view.facts.push((
        text(lang, "documents-credit-note-corrects-of", &[]),
        format::calendar_date(lang, note.corrects_of),
    ));
    view.facts.push((text(lang, "documents-credit-note-reason", &[]), note.reason.clone()));
    view.movements.extend(payments(lang, "documents-credit-note-paid-back", &bill.payments));
    press::pdf(Sheet { template: press::BILL, data: &view, pictures: Vec::new(), made_at: bill.made_at })
}
