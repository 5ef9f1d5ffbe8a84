//! The waiting room of a night at the desk: how it stands, and the switch. The room is purchase's ([`purchase`] asks, and it keeps who switched
//! what, and when); here is the page for people ([`page`]) and the same for programs ([`api`]).

pub mod api;
pub mod page;
pub mod purchase;
