//! What a guest keeps, or gives to a tax office: a receipt, a simplified invoice, an invoice.

use chrono::NaiveDate;
use domain::money::Money;
use ui::{format, text};

use crate::DocumentError;
use crate::bill::view::{BillView, Movements, payments};
use crate::bill::{Bill, SumFault, sum};
use crate::press::{self, Sheet};

/// What the paper calls itself. The caller knows the seller's law: a simplified invoice (EU directive 2006/112, art. 226b)
/// needs no buyer's address, an invoice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKind {
    /// A receipt.
    Receipt,
    /// A simplified invoice.
    SimplifiedInvoice,
    /// An invoice.
    Invoice,
}

/// A receipt or an invoice.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What it calls itself.
    pub kind: ReceiptKind,
    /// Parties, lines, tax, payments. The total is not negative.
    pub bill: Bill,
    /// What has gone back already when the paper is printed, oldest first.
    pub refunds: Vec<RefundMade>,
}

/// Money that went back before the receipt was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundMade {
    /// The day, on the seller's calendar.
    pub on: NaiveDate,
    /// The number of its credit note, or why.
    pub reference: String,
    /// How much went back; positive.
    pub amount: Money,
}

/// One PDF, A4; the head of the table is repeated on each page.
///
/// Errors: [`DocumentError::Nothing`] without a line, [`DocumentError::Sums`] if any amount is not the sum of its parts.
pub fn receipt_pdf(receipt: &Receipt) -> Result<Vec<u8>, DocumentError> {
    let bill = &receipt.bill;
    if bill.lines.is_empty() {
        return Err(DocumentError::Nothing);
    }
    check(receipt)?;
    let lang = bill.language;
    let kind = match receipt.kind {
        ReceiptKind::Receipt => "documents-receipt",
        ReceiptKind::SimplifiedInvoice => "documents-simplified-invoice",
        ReceiptKind::Invoice => "documents-invoice",
    };
    let mut view = BillView::new(bill, text(lang, kind, &[]));
    view.movements.extend(payments(lang, "documents-bill-paid", &bill.payments));
    if !receipt.refunds.is_empty() {
        let rows = receipt.refunds.iter().map(|refund| {
            [
                format::calendar_date(lang, refund.on),
                refund.reference.clone(),
                format::money(lang, refund.amount),
            ]
        });
        let title = text(lang, "documents-bill-refunded", &[]);
        view.movements.push(Movements { title, rows: rows.collect() });
    }
    press::pdf(Sheet { template: press::BILL, data: &view, pictures: Vec::new(), made_at: bill.made_at })
}

fn check(receipt: &Receipt) -> Result<(), SumFault> {
    let total = receipt.bill.total;
    if total.minor() < 0 {
        return Err(SumFault::Sign { what: "total", amount: total });
    }
    receipt.bill.check()?;
    if let Some(refund) = receipt.refunds.iter().find(|refund| refund.amount.minor() <= 0) {
        return Err(SumFault::Sign { what: "refund", amount: refund.amount });
    }
    let back = sum(total.currency(), receipt.refunds.iter().map(|refund| refund.amount))?;
    if back.minor() > total.minor() { Err(SumFault::TooMuchBack(back)) } else { Ok(()) }
}
