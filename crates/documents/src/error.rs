//! Why a document was not made.

use crate::bill::SumFault;

/// Why a document was not made. Nothing half-made is ever handed out.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Tickets without a ticket, or a bill without a line.
    #[error("there is nothing to print: no ticket, no line")]
    Nothing,
    /// The amounts do not add up: nobody may get this paper.
    #[error("the amounts do not add up: {0}")]
    Sums(#[from] SumFault),
    /// The ticket's code is longer than a QR code can hold.
    #[error(transparent)]
    Code(#[from] ui::qr::TooLong),
    /// Typst refused the template or a picture: a defect of ours, with what typst said.
    #[error("the press refused {template}: {reason}")]
    Press {
        /// The template.
        template: &'static str,
        /// What typst said.
        reason: String,
    },
    /// The key did not sign. The word says which step.
    #[error("the pass could not be signed: {0}")]
    Signing(String),
    /// The pass' archive or its JSON could not be written.
    #[error("the pass could not be packed: {0}")]
    Packing(String),
}
