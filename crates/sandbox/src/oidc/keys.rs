//! What a client of Google's or Apple's discovers: the endpoints, and the key that signs ID tokens.

use std::sync::OnceLock;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::model::Grant;
use super::{Flavour, around, respond};
use crate::clock::wall;
use crate::house::House;

/// The key's name.
const KID: &str = "sandbox-1";
/// Where in an `RSAPublicKey` of 2048 bits the modulus stands: a sequence of two numbers, the second of which is 65537.
const MODULUS: std::ops::Range<usize> = 9..265;

/// The key of all providers here, made when the first asks.
fn key() -> &'static RsaKeyPair {
    static KEY: OnceLock<RsaKeyPair> = OnceLock::new();
    KEY.get_or_init(|| {
        RsaKeyPair::generate(KeySize::Rsa2048).expect("the operating system hands out random bytes")
    })
}

/// `GET …/.well-known/openid-configuration`.
pub async fn discover(house: Data<House>, request: HttpRequest) -> HttpResponse {
    let (house, flavour) = (house.into_inner(), Flavour::of(&request));
    around(&house, &request, || {
        let at = format!("{}/{}", house.public_url, flavour.code());
        let (authorize, token, keys) = match flavour {
            Flavour::Apple => ("auth/authorize", "auth/token", "auth/keys"),
            _ => ("o/oauth2/v2/auth", "token", "oauth2/v3/certs"),
        };
        let methods: &[&str] = match flavour {
            Flavour::Apple => &["client_secret_post"],
            _ => &["client_secret_post", "client_secret_basic"],
        };
        respond(
            200,
            &json!({
                "issuer": at,
                "authorization_endpoint": format!("{at}/{authorize}"),
                "token_endpoint": format!("{at}/{token}"),
                "jwks_uri": format!("{at}/{keys}"),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "form_post"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "name"],
                "token_endpoint_auth_methods_supported": methods,
                "code_challenge_methods_supported": ["S256"],
                "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "iss", "name", "nonce", "sub"],
            }),
        )
    })
    .await
}

/// `GET` of the key set.
pub async fn certificates(house: Data<House>, request: HttpRequest) -> HttpResponse {
    let house = house.into_inner();
    around(&house, &request, || {
        let public: &[u8] = key().public_key().as_ref();
        let modulus = URL_SAFE_NO_PAD.encode(public.get(MODULUS).unwrap_or_default());
        let key = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KID, "n": modulus, "e": "AQAB"});
        respond(200, &json!({ "keys": [key] }))
    })
    .await
}

/// The signed statement of who granted it.
pub fn id_token(public_url: &str, flavour: Flavour, grant: &Grant) -> String {
    let now = wall();
    let person = &grant.person;
    let mut claims = json!({
        "iss": format!("{public_url}/{}", flavour.code()),
        "aud": grant.client_id,
        "sub": person.sub,
        "iat": now,
        "exp": now + 3600,
    });
    if !grant.nonce.is_empty() {
        claims["nonce"] = json!(grant.nonce);
    }
    if !person.email.is_empty() {
        claims["email"] = json!(person.email);
        // Apple has both ways of saying it.
        claims["email_verified"] = match flavour {
            Flavour::Apple => json!(person.verified.to_string()),
            _ => json!(person.verified),
        };
    }
    if flavour == Flavour::Google && !person.name.is_empty() {
        claims["name"] = json!(person.name);
    }
    sign(&claims)
}

fn sign(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT", "kid": KID})), part(claims));
    let mut signature = vec![0_u8; key().public_modulus_len()];
    let done = key().sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature);
    done.expect("a key of 2048 bits signs");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
