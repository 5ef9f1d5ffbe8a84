//! The club's accounts with Apple and Google, as far as it has them. Read once, at the start, and refused there if they
//! can't sign: a pass that a phone rejects is found out by nobody else.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::{GoogleIssuer, PassSigner};
use serde::Deserialize;
use settings::{Reader, Secret};

/// What signs passes. What is not configured is not offered.
#[derive(Debug, Clone, Default)]
pub struct Wallets {
    /// Signs for Apple Wallet.
    pub apple: Option<Arc<PassSigner>>,
    /// Signs for Google Wallet.
    pub google: Option<Arc<GoogleIssuer>>,
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

impl Wallets {
    /// Reads the environment; `site` is the public address of the ticket site, which shows Google's button.
    pub fn read(reader: &mut Reader, site: &str) -> Self {
        let apple = together(reader, APPLE).and_then(|[certificate, key, wwdr]| {
            let signer = PassSigner::from_pem(certificate.expose(), key.expose(), wwdr.expose());
            fit(reader, APPLE[0], signer)
        });
        let google = together(reader, GOOGLE).and_then(|[issuer, account]| {
            let issuer = google(issuer.expose(), account.expose(), site);
            fit(reader, GOOGLE[1], issuer)
        });
        Self { apple: apple.map(Arc::new), google: google.map(Arc::new) }
    }
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

/// The two fields of Google's key file that sign.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: String,
}

fn google(issuer: &str, account: &str, site: &str) -> Result<GoogleIssuer, String> {
    let account: ServiceAccount = serde_json::from_str(account)
        .map_err(|_| "it is not a key file with client_email and private_key".to_owned())?;
    let origins = vec![site.trim_end_matches('/').to_owned()];
    GoogleIssuer::new(issuer, &account.client_email, &account.private_key, origins)
        .map_err(|error| error.to_string())
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
    fn a_file_may_come_in_base64() {
        let text = plain(&Secret::new(STANDARD.encode("-----BEGIN CERTIFICATE-----")));
        assert_eq!(text.expose(), "-----BEGIN CERTIFICATE-----");
        assert_eq!(plain(&Secret::new("3388000000000000")).expose(), "3388000000000000");
    }
}
