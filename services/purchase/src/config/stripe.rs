//! The club's account at Stripe.

use domain::mode::Mode;
use domain::statement::Prefix;
use settings::{Reader, Secret};

pub(super) const STRIPE: &str = "https://api.stripe.com";

/// A test key where money is real would give tickets away; a live key where it is not would take guests' money for nothing.
pub(super) fn stripe_key(reader: &mut Reader) -> Secret {
    let (name, purpose) = ("STRIPE_SECRET_KEY", "this club's key at Stripe");
    let key = reader.secret(name, purpose);
    let begins =
        |kind: &str| ["sk", "rk"].iter().any(|who| key.expose().starts_with(&format!("{who}_{kind}_")));
    match reader.mode() {
        Mode::Live if begins("test") => {
            reader.fault(name, purpose, "is a test key where money is real: take a live one, or set MAGUEY_MODE=test for all services");
        }
        Mode::Test if begins("live") => reader.fault(name, purpose, "is a live key in test mode"),
        Mode::Live | Mode::Test => {}
    }
    key
}

pub(super) fn statement_prefix(reader: &mut Reader) -> Option<Prefix> {
    let (name, purpose) = (
        "STRIPE_STATEMENT_PREFIX",
        "what the club's charges begin with on card statements (Stripe's \"shortened descriptor\"); the night's name stands behind it",
    );
    let text: Option<String> = reader.optional(name, purpose);
    match text?.parse::<Prefix>() {
        Ok(prefix) => Some(prefix),
        Err(error) => {
            reader.fault(name, purpose, format!("{error}"));
            None
        }
    }
}

/// Stripe's own pages, or those of whoever speaks its protocol at the base URL.
pub(super) fn usual_origins(base: &str) -> Vec<String> {
    if base.trim_end_matches('/') == STRIPE {
        return vec!["https://checkout.stripe.com".to_owned()];
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    vec![format!("{scheme}://{}", rest.split('/').next().unwrap_or(rest))]
}
