//! The guests' sessions: one sign-in of a guest, good on the club's site and the ticket site.
//!
//! A session is a row ([`store`]). Its browser holds two cookies: a token of ten minutes over the club's domain, which both sites
//! verify alone ([`keys`]), and a refresh token for this site only, which is used once and makes its successor ([`renew`]); used again
//! later it was stolen, and its session ends. [`open`] begins sessions, [`refresh`] renews them (by a page, and inside a request, so
//! that no form is lost), [`end`] and [`sign_out`] end them, [`page`] shows a guest all of theirs. On this site a token is only as
//! alive as its row ([`rows`]).

pub mod end;
pub mod keys;
pub mod keys_page;
pub mod next;
pub mod open;
pub mod page;
pub mod refresh;
pub mod renew;
pub mod rows;
pub mod sign_out;
pub mod store;

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A password.
    Password,
    /// A link in a mail.
    Link,
    /// A passkey.
    Passkey,
    /// A code sent to their phone.
    Phone,
    /// An account elsewhere, by the provider's code.
    Provider(&'static str),
}

impl Proof {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Link => "link",
            Self::Passkey => "passkey",
            Self::Phone => "phone",
            Self::Provider(provider) => provider,
        }
    }

    /// The proof of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Password, Self::Link, Self::Passkey, Self::Phone]
            .into_iter()
            .chain(["google", "apple", "facebook", "github"].map(Self::Provider))
            .find(|proof| proof.code() == code)
    }
}
