//! The club's accounts with Apple and Google, as far as it has them. Read once, at the start, and refused there if they
//! can't sign: a pass that a phone rejects is found out by nobody else.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::{GoogleIssuer, PassSigner};
use serde::Deserialize;
use settings::{Reader, Secret};

use crate::wallets::{Apns, GoogleWallet};

/// What signs passes, and tells phones when they change. What is not configured is not offered.
#[derive(Debug, Clone, Default)]
pub struct Wallets {
    /// Signs for Apple Wallet.
    pub apple: Option<Arc<PassSigner>>,
    /// Signs for Google Wallet.
    pub google: Option<Arc<GoogleIssuer>>,
    /// Tells phones with Apple Wallet.
    pub push: Option<Apns>,
    /// Tells Google Wallet.
    pub rest: Option<Arc<GoogleWallet>>,
}

const APPLE: [(&str, &str); 3] = [
    ("APPLE_PASS_CERTIFICATE", "the club's Pass Type ID certificate: PEM, or base64 of it on one line"),
    ("APPLE_PASS_KEY", "its RSA key without a passphrase: PEM, or base64 of it on one line"),
    ("APPLE_WWDR_CERTIFICATE", "Apple's intermediate that issued it: PEM, or base64 of it on one line"),
];
const GOOGLE: [(&str, &str); 2] = [
    ("GOOGLE_WALLET_ISSUER_ID", "the club's issuer id in Google's Pay & Wallet Console"),
    ("GOOGLE_WALLET_SERVICE_ACCOUNT", "the service account's key file (JSON), or base64 of it on one line"),
];

const APPLE_PUSH: &str = "https://api.push.apple.com";
const GOOGLE_API: &str = "https://walletobjects.googleapis.com";
const GOOGLE_TOKENS: &str = "https://oauth2.googleapis.com/token";

impl Wallets {
    /// Reads the environment; `site` is the public address of the ticket site, which shows Google's button.
    pub fn read(reader: &mut Reader, site: &str) -> Self {
        let push_url =
            provider(reader, "APPLE_PUSH_URL", APPLE_PUSH, ".push.apple.com", "Apple's push service");
        let api_url =
            provider(reader, "GOOGLE_WALLET_API_URL", GOOGLE_API, ".googleapis.com", "Google Wallet's API");
        let mut wallets = Self::default();
        if let Some([certificate, key, wwdr]) = together(reader, APPLE) {
            let signer = PassSigner::from_pem(certificate.expose(), key.expose(), wwdr.expose());
            if let Some(signer) = fit(reader, APPLE[0], signer) {
                let push = Apns::new(&certificate, &key, &wwdr, signer.pass_type(), &push_url);
                wallets.push = fit(reader, APPLE[0], push);
                wallets.apple = Some(Arc::new(signer));
            }
        }
        if let Some([issuer, account]) = together(reader, GOOGLE) {
            let google = google(issuer.expose(), account.expose(), site);
            if let Some((issuer, token_url)) = fit(reader, GOOGLE[1], google) {
                let (name, purpose) = GOOGLE[1];
                // What is signed for a token is as good as the key for a while.
                reader.refuse_in_production(
                    name,
                    purpose,
                    !is_googles(&token_url),
                    "asks for tokens at an address that is not Google's",
                );
                let issuer = Arc::new(issuer);
                wallets.rest = Some(Arc::new(GoogleWallet::new(issuer.clone(), &api_url, &token_url)));
                wallets.google = Some(issuer);
            }
        }
        wallets
    }
}

/// The address of somebody else's service: in production theirs.
fn provider(
    reader: &mut Reader,
    name: &'static str,
    usual: &str,
    domain: &str,
    purpose: &'static str,
) -> String {
    let url: String = reader.or(name, usual.to_owned(), purpose);
    let theirs = host(&url).is_some_and(|host| host.ends_with(domain));
    reader.refuse_in_production(name, purpose, !theirs, "is not theirs: in production passes are real");
    url
}

/// Where an `https` address leads, read as the client that calls it reads it: what stands before an `@` or behind a `?` is no host.
fn host(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok().filter(|url| url.scheme() == "https")?;
    url.host_str().map(str::to_owned)
}

/// Whether tokens are asked for where key files of Google's say, today's and older ones.
fn is_googles(token_url: &str) -> bool {
    host(token_url).is_some_and(|host| host.ends_with(".googleapis.com") || host == "accounts.google.com")
}

/// Several variables that are set together or not at all.
fn together<const N: usize>(
    reader: &mut Reader,
    variables: [(&'static str, &'static str); N],
) -> Option<[Secret; N]> {
    let read = variables.map(|(name, purpose)| reader.optional::<Secret>(name, purpose));
    if read.iter().any(Option::is_some) {
        for ((name, purpose), _) in variables.into_iter().zip(&read).filter(|(_, value)| value.is_none()) {
            reader.fault(name, purpose, "is missing, and those it belongs to are set");
        }
    }
    let read = read.map(|value| value.map(|text| plain(&text)));
    if read.iter().all(Option::is_some) {
        Some(read.map(|value| value.unwrap_or_else(|| Secret::new(""))))
    } else {
        None
    }
}

/// A file as one variable: itself, or base64 of it, because few places take a variable of several lines.
fn plain(text: &Secret) -> Secret {
    let decoded = STANDARD.decode(text.expose()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .filter(|text| text.contains("-----BEGIN") || text.trim_start().starts_with('{'))
        .map_or_else(|| text.clone(), Secret::new)
}

fn fit<T, E: std::fmt::Display>(
    reader: &mut Reader,
    (name, purpose): (&'static str, &'static str),
    read: Result<T, E>,
) -> Option<T> {
    read.map_err(|error| reader.fault(name, purpose, format!("can't be used: {error}"))).ok()
}

/// The fields of Google's key file that sign, and where what they sign is shown.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: String,
    token_uri: Option<String>,
}

fn google(issuer: &str, account: &str, site: &str) -> Result<(GoogleIssuer, String), String> {
    let account: ServiceAccount = serde_json::from_str(account)
        .map_err(|_| "it is not a key file with client_email and private_key".to_owned())?;
    let origins = vec![site.trim_end_matches('/').to_owned()];
    let issuer = GoogleIssuer::new(issuer, &account.client_email, &account.private_key, origins)
        .map_err(|error| error.to_string())?;
    Ok((issuer, account.token_uri.unwrap_or_else(|| GOOGLE_TOKENS.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
        let mut reader = Reader::from_pairs(pairs.iter().copied());
        let wallets = Wallets::read(&mut reader, "https://tickets.example.org");
        reader
            .finish(wallets)
            .map(|_| Vec::new())
            .unwrap_or_else(|faults| faults.names().map(str::to_owned).collect())
    }

    #[test]
    fn none_is_fine_and_half_an_account_is_not() {
        assert_eq!(faults(&[]), [""; 0]);
        assert_eq!(
            faults(&[("APPLE_PASS_CERTIFICATE", "x"), ("APPLE_PASS_KEY", "y")]),
            ["APPLE_WWDR_CERTIFICATE"]
        );
        assert_eq!(faults(&[("GOOGLE_WALLET_ISSUER_ID", "33880")]), ["GOOGLE_WALLET_SERVICE_ACCOUNT"]);
    }

    #[test]
    fn what_cannot_sign_is_refused_at_the_start() {
        let nonsense = [
            ("APPLE_PASS_CERTIFICATE", "x"),
            ("APPLE_PASS_KEY", "y"),
            ("APPLE_WWDR_CERTIFICATE", "z"),
            ("GOOGLE_WALLET_ISSUER_ID", "33880"),
            ("GOOGLE_WALLET_SERVICE_ACCOUNT", r#"{"client_email": "a@b.c", "private_key": "none"}"#),
        ];
        assert_eq!(faults(&nonsense), ["APPLE_PASS_CERTIFICATE", "GOOGLE_WALLET_SERVICE_ACCOUNT"]);
    }

    #[test]
    fn in_production_nobody_else_is_told_of_passes() {
        let told = |url: &str| {
            faults(&[("MAGUEY_ENV", "production"), ("APPLE_PUSH_URL", url), ("GOOGLE_WALLET_API_URL", url)])
        };
        for others in [
            "http://127.0.0.1:4010",
            "https://example.org/.push.apple.com/.googleapis.com",
            "https://example.org?.push.apple.com",
            "https://example.org#.googleapis.com",
            "https://api.push.apple.com:x@example.org",
            "https://walletobjects.googleapis.com:x@example.org",
        ] {
            assert_eq!(told(others), ["APPLE_PUSH_URL", "GOOGLE_WALLET_API_URL"], "{others}");
        }
        assert_eq!(told("https://api.sandbox.push.apple.com:2197"), ["GOOGLE_WALLET_API_URL"]);
        assert_eq!(faults(&[("MAGUEY_ENV", "production")]), [""; 0]);
    }

    #[test]
    fn tokens_are_asked_of_google_alone() {
        for googles in [GOOGLE_TOKENS, "https://accounts.google.com/o/oauth2/token"] {
            assert!(is_googles(googles), "{googles}");
        }
        for others in
            ["http://oauth2.googleapis.com/token", "https://oauth2.googleapis.com@example.org/token", ""]
        {
            assert!(!is_googles(others), "{others}");
        }
    }

    #[test]
    fn a_file_may_come_in_base64() {
        let text = plain(&Secret::new(STANDARD.encode("-----BEGIN CERTIFICATE-----")));
        assert_eq!(text.expose(), "-----BEGIN CERTIFICATE-----");
        assert_eq!(plain(&Secret::new("3388000000000000")).expose(), "3388000000000000");
    }
}
