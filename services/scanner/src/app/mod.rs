//! The page that the doorman holds in the hand: sign in, choose tonight's event and gate, scan.
//!
//! The server writes the page; modules in `assets/` do what only a browser can. `door.js` is the screen, with `finder.js` (camera and
//! typed codes), `verdict-view.js`, `status.js`, `sheet.js` (settings), `undo.js`, `id-check.js` and `wedge.js`. `scans.js` has one code answered: by
//! the server, or after a moment by the phone itself (`judge.js`), which writes it into its `journal.js` first. `keeper.js` keeps the
//! night's list (`manifest.js`, `importer.js`) and the clock fresh and has `upload.js` send what waits. `sw.js` opens the page without
//! network. The session is in an HttpOnly cookie that no script can read.

pub mod assets;
pub mod manifest;
pub mod page;
pub mod sign_in;
pub mod sign_out;
mod views;
pub mod worker;

pub use views::{error_page, shell};
