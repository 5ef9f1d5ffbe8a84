//! Passkeys: a key in a phone, a computer or a stick, which its owner opens with a finger, a face or a PIN. It is something they
//! have and something they are or know, so it counts as both factors; user verification is always asked for.

pub mod api;
pub mod prove;
pub mod register;
pub mod store;

use anyhow::Context;
use domain::language::Language;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ui::Links;
use web::Fault;
use webauthn_rs::prelude::{Url, WebauthnError};
use webauthn_rs::{Webauthn, WebauthnBuilder};

pub use prove::{finish_proof, start_proof};
pub use register::{finish_registration, start_registration};

/// Asks for passkeys of the club's host, on each of its three sites: what was made on one is good on the others.
pub fn asker(links: &Links) -> anyhow::Result<Webauthn> {
    let site = Url::parse(&links.marketing)?;
    let host = site.domain().context("the marketing site has no name: passkeys need one")?.to_owned();
    let club = ui::text(Language::default(), "shared-club", &[]);
    let failed = |error: WebauthnError| anyhow::anyhow!("passkeys: {error}");
    let mut builder = WebauthnBuilder::new(&host, &site).map_err(failed)?.rp_name(&club);
    for other in [&links.tickets, &links.scanner] {
        builder = builder.append_allowed_origin(&Url::parse(other)?);
    }
    builder.build().map_err(failed)
}

fn stored(value: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(Fault::internal)
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(Fault::internal)
}

#[cfg(test)]
mod tests {
    use super::asker;
    use ui::Links;

    #[test]
    fn a_passkey_is_of_the_clubs_host_and_good_on_its_three_sites() {
        let links = Links::new("https://club.test", "https://tickets.club.test", "https://door.club.test");
        let asker = asker(&links).expect("an asker");
        let origins: Vec<_> = asker.get_allowed_origins().iter().map(|each| each.as_str()).collect();
        assert_eq!(origins, ["https://club.test/", "https://tickets.club.test/", "https://door.club.test/"]);
    }
}
