//! Nights as the club defines them: made, changed, put on sale.
//!
//! Whatever comes in, as JSON ([`api`]) or as a form ([`form`]), becomes an [`input::EventInput`]; `counters` finds in it
//! what the event has already, [`plan`] turns it into
//! what may be stored beside what is [`held`], or into all faults at once. [`change`] writes it: event, zones and ticket types, revision + 1, the
//! audit row and the `event.changed` snapshot ([`snapshot`]) in one transaction. [`publish`] puts a draft on sale, [`cancel`] calls a
//! night off, [`new_date`] gives it a new date, [`archive`] puts it away when it is over.

pub mod api;
pub mod archive;
pub mod cancel;
pub mod change;
mod counters;
pub mod desk_archive;
pub mod desk_cancel;
pub mod desk_form;
pub mod desk_list;
pub mod desk_new_date;
mod desk_night;
pub mod desk_presale;
pub mod desk_publish;
pub mod form;
pub mod held;
pub mod input;
pub mod lowered;
pub mod new_date;
pub mod plan;
pub mod publish;
pub mod snapshot;
pub mod store;
mod terms_schema;
pub mod venues;
pub mod view;
