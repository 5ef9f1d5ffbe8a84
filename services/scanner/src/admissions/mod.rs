//! Who may come in: the door's record of every ticket, and the scans that use them.
//!
//! A scan goes: [`scan`] (the request) → `row` → [`rules`] (what `domain::admission::verdict` says to every state the ticket can
//! be in) → [`turnstile`] (gathers the scans of this moment) → [`store`] (one statement for all of them, which finds the
//! state, looks the reason up and guards that a right is used once) → [`answer`] (the sentence, in the doorman's language).
//!
//! Why the detour over a table of reasons? A verdict needs the ticket's state, and reading it first would cost a second
//! round trip and leave a moment in which another gate admits the same ticket. This way the rule stays in the domain, in
//! one place, and the state is read and used within one statement.
//!
//! What goes in goes out: an exit closes the ticket's stay, and how often it comes in again its type says. [`overrides`] lets a
//! refusal stand aside, with a name and a reason.
//!
//! When money goes back, [`revoke`] tells purchase who is inside and makes the codes bad: a scan and a refund never both
//! succeed unnoticed. [`look`] says who is inside and changes nothing.

pub mod answer;
pub mod facts;
pub mod look;
pub mod overrides;
pub mod projection;
pub mod record;
pub mod revoke;
mod row;
pub mod rules;
pub mod scan;
pub mod store;
pub mod turnstile;

pub use record::Recorded;
pub use turnstile::Turnstile;
