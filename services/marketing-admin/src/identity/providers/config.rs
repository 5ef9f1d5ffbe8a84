//! Which providers are configured.

use std::str::FromStr;

use reqwest::Url;
use settings::{Reader, Secret};

use super::Provider;

/// A configured provider.
#[derive(Debug, Clone)]
pub struct Way {
    /// Which.
    pub provider: Provider,
    /// Our name there.
    pub client_id: String,
    /// How we show that it is us.
    pub key: Key,
    /// Where people go; for Google and Apple the issuer.
    pub url: Url,
    /// Where programs ask.
    pub api: Url,
}

/// How we show a provider that it is us.
#[derive(Debug, Clone)]
pub enum Key {
    /// A shared secret.
    Secret(Secret),
    /// A key with which we sign such a secret ourselves.
    Signed {
        /// Our team at Apple.
        team: String,
        /// The key's name.
        kid: String,
        /// PKCS#8, DER.
        pkcs8: Secret,
    },
}

type Named = (&'static str, &'static str);

struct Names {
    id: Named,
    secret: Named,
    url: Named,
    api: Option<Named>,
    usual_url: &'static str,
    usual_api: &'static str,
}

const GOOGLE: Names = Names {
    id: ("GOOGLE_CLIENT_ID", "our client at Google: guests sign in through it; not offered if absent"),
    secret: ("GOOGLE_CLIENT_SECRET", "its secret"),
    url: ("GOOGLE_URL", "Google's issuer of ID tokens"),
    api: None,
    usual_url: "https://accounts.google.com",
    usual_api: "",
};
const FACEBOOK: Names = Names {
    id: ("FACEBOOK_CLIENT_ID", "our app at Facebook: guests sign in through it; not offered if absent"),
    secret: ("FACEBOOK_CLIENT_SECRET", "its secret"),
    url: ("FACEBOOK_URL", "Facebook's site"),
    api: Some(("FACEBOOK_API_URL", "Facebook's API")),
    usual_url: "https://www.facebook.com",
    usual_api: "https://graph.facebook.com",
};
const GITHUB: Names = Names {
    id: ("GITHUB_CLIENT_ID", "our OAuth app at GitHub: guests sign in through it; not offered if absent"),
    secret: ("GITHUB_CLIENT_SECRET", "its secret"),
    url: ("GITHUB_URL", "GitHub's site"),
    api: Some(("GITHUB_API_URL", "GitHub's API")),
    usual_url: "https://github.com",
    usual_api: "https://api.github.com",
};

/// Reads all providers; gives those that are configured.
pub fn read(reader: &mut Reader) -> Vec<Way> {
    let ways = [
        with_secret(reader, Provider::Google, &GOOGLE),
        apple(reader),
        with_secret(reader, Provider::Facebook, &FACEBOOK),
        with_secret(reader, Provider::Github, &GITHUB),
    ];
    ways.into_iter().flatten().collect()
}

fn with_secret(reader: &mut Reader, provider: Provider, names: &Names) -> Option<Way> {
    let id: Option<String> = reader.optional(names.id.0, names.id.1);
    let secret: Option<Secret> = reader.optional(names.secret.0, names.secret.1);
    let url = address(reader, names.url, names.usual_url);
    let api = names.api.map_or_else(|| url.clone(), |api| address(reader, api, names.usual_api));
    match (id, secret) {
        (Some(client_id), Some(secret)) => {
            Some(Way { provider, client_id, key: Key::Secret(secret), url, api })
        }
        (None, None) => None,
        (Some(_), None) => {
            reader.fault(names.secret.0, names.secret.1, "is missing beside the client's id");
            None
        }
        (None, Some(_)) => {
            reader.fault(names.id.0, names.id.1, "is missing beside the client's secret");
            None
        }
    }
}

fn apple(reader: &mut Reader) -> Option<Way> {
    const KEY: Named =
        ("APPLE_PRIVATE_KEY", "the private key that Apple gave us, PEM; lines may be joined by \\n");
    let id: Option<String> = reader.optional(
        "APPLE_CLIENT_ID",
        "our services id at Apple: guests sign in through it; not offered if absent",
    );
    let team: Option<String> = reader.optional("APPLE_TEAM_ID", "our team at Apple");
    let kid: Option<String> = reader.optional("APPLE_KEY_ID", "the name of our private key at Apple");
    let pem: Option<Secret> = reader.optional(KEY.0, KEY.1);
    let url = address(reader, ("APPLE_URL", "Apple's issuer of ID tokens"), "https://appleid.apple.com");
    match (id, team, kid, pem) {
        (Some(client_id), Some(team), Some(kid), Some(pem)) => {
            let Some(pkcs8) = super::apple::key_of(pem.expose()) else {
                reader.fault(KEY.0, KEY.1, "is no P-256 key in PEM");
                return None;
            };
            let key = Key::Signed { team, kid, pkcs8 };
            Some(Way { provider: Provider::Apple, client_id, key, api: url.clone(), url })
        }
        (None, None, None, None) => None,
        _ => {
            let all =
                "needs APPLE_CLIENT_ID, APPLE_TEAM_ID and APPLE_KEY_ID beside it, or none of the four is set";
            reader.fault(KEY.0, KEY.1, all);
            None
        }
    }
}

/// A provider's address. Anything but https is refused in production: whoever listens in could be anybody here.
pub(crate) fn address(reader: &mut Reader, (name, purpose): Named, usual: &str) -> Url {
    let text: String = reader.or(name, usual.to_owned(), purpose);
    let url = Url::from_str(text.trim_end_matches('/')).ok().filter(Url::has_host);
    let plain = url.as_ref().is_some_and(|url| url.scheme() != "https");
    reader.refuse_in_production(name, purpose, plain, "is not https: this looks like the sandbox");
    url.unwrap_or_else(|| {
        reader.fault(name, purpose, "is not a URL");
        Url::from_str("http://invalid.invalid").expect("a literal URL")
    })
}
