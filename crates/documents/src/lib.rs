#![doc = include_str!("../README.md")]

mod apple;
mod bill;
mod calendar;
mod credit_note;
mod dossier;
mod error;
mod google;
mod night;
mod pass;
mod press;
mod receipt;
mod run_sheet;
mod shifts;
mod tickets;

pub use apple::{PassSigner, SignerError, apple_pass};
pub use bill::{Bill, Buyer, Line, Payment, Seller, SumFault, TaxShare};
pub use calendar::{CalendarEntry, calendar};
pub use credit_note::{CreditNote, credit_note_pdf};
pub use dossier::{Dossier, DossierPart, dossier_pdf};
pub use error::DocumentError;
pub use google::{GoogleChange, GoogleIssuer, IssuerError, google_change, google_link};
pub use night::Night;
pub use pass::{Pass, PassArt, PassUpdates};
pub use receipt::{Receipt, ReceiptKind, RefundMade, receipt_pdf};
pub use run_sheet::{RunSheet, RunSheetRow, run_sheet_pdf};
pub use shifts::{CalendarShift, shifts_calendar};
pub use tickets::{PrintedTicket, TicketsDocument, tickets_pdf};
