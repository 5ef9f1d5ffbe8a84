//! Signing in through others: Google, Apple, Facebook, GitHub.
//!
//! [`start`] sends somebody there, with a state that is good once and in their browser only, a nonce, and PKCE. [`callback`] takes them
//! back: [`ask`] gets from the provider who they are, [`arrive`] decides what that means here. Whoever is known signs in. An address
//! that the provider has proven and that nobody has here becomes an account. An address that belongs to an account is never linked to
//! it by the provider's word alone: its owner signs in the usual way first ([`pending`]). An address that nobody has proven is proven by
//! a mail first ([`prove`]). What is configured ([`config`]) is offered ([`buttons`]); the rest is not there.

pub mod apple;
pub mod arrive;
pub mod ask;
pub mod buttons;
pub mod callback;
pub mod config;
pub mod link;
pub mod oauth;
pub mod openid;
pub mod pages;
pub mod pending;
pub mod profile;
pub mod prove;
pub mod remove;
pub mod start;
pub mod store;

pub use ask::Providers;
pub use buttons::{LinkedProvider, ProviderButton, buttons, linked};

/// Through whom somebody can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// OpenID Connect.
    Google,
    /// OpenID Connect, with a signed secret and an answer by form.
    Apple,
    /// OAuth; says of no address that it is proven.
    Facebook,
    /// OAuth; addresses are asked for apart.
    Github,
}

impl Provider {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Google, Self::Apple, Self::Facebook, Self::Github];

    /// In paths, tables and proofs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Facebook => "facebook",
            Self::Github => "github",
        }
    }

    /// Its own name, the same in all languages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Apple => "Apple",
            Self::Facebook => "Facebook",
            Self::Github => "GitHub",
        }
    }

    /// The one of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.code() == code)
    }

    /// What is asked of it.
    pub(crate) const fn scope(self) -> &'static str {
        match self {
            Self::Google => "openid email profile",
            Self::Apple => "openid name email",
            Self::Facebook => "public_profile,email",
            Self::Github => "read:user user:email",
        }
    }
}
