//! Who somebody is. One account stands for one person ([`account`]), be they a guest or somebody who works here.
//!
//! A guest gets one by [`sign_up`] and comes in by [`sign_in`], a mailed link ([`magic_link`]), a passkey, a code by SMS ([`phone`]) or
//! through others ([`providers`]); [`factors`] asks for a second proof where there is one. Each of these ends in a [`session`]. [`mine`],
//! [`avatar`], [`reset`] and [`new_email`] are what they do with their account, [`erase`] is the way out. [`limits`] counts who tries too often,
//! [`links`] makes what is mailed to prove an address, [`activity`] keeps what happened. The staff's sign-in is in [`crate::staff`].

pub mod account;
pub mod activity;
pub mod avatar;
pub mod breach;
pub mod consents;
pub mod email;
pub mod entrance;
pub mod erase;
pub mod factors;
pub mod limits;
pub mod links;
pub mod magic_link;
pub mod mine;
pub mod names;
pub mod new_email;
pub mod password;
pub mod phone;
pub mod providers;
pub mod reset;
pub mod sealed;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod sms;
pub mod upkeep;
pub mod visit;
pub mod ways;

pub use web::ClientAddress;
