//! `/admin/events/{event}/settlement`: the settlements of a night, each as a signed file and as a PDF, and the button that makes one.
//! Purchase has the books and signs; the desk adds who came, and draws the paper of what was signed.

pub mod file;
pub mod make;
pub mod page;
mod paper;
mod store;
mod till;
