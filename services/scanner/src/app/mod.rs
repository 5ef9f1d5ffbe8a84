//! The page that the doorman holds in the hand: sign in, choose tonight's event and gate, scan.
//!
//! The server writes the page; three small modules in `assets/` do what only a browser can: the camera (`camera.js`), the
//! conversation with the server (`scans.js`), and the verdict (`door.js`). The session is in an HttpOnly cookie that no
//! script can read.

pub mod assets;
pub mod page;
pub mod sign_in;
pub mod sign_out;
mod views;

pub use views::error_page;
pub(crate) use views::shell;
pub use views::{error_page, shell};
