//! The browser in which somebody signed up. Whoever types another's address chooses a password in their own browser; it is
//! good only where it was chosen, so that the owner of the address, who presses the button, never opens an account to a stranger.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use web::Fault;

/// The cookie with the browser's secret.
pub const COOKIE: &str = "__Host-maguey_sign_up";
/// As long as the link lives.
const LIFE: Duration = Duration::hours(24);

/// A new secret.
pub fn secret() -> Result<String, Fault> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of it.
pub fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Whether the request comes from the browser of which this was kept.
pub fn is_the_same(request: &HttpRequest, kept: &str) -> bool {
    let shown = request.cookie(COOKIE).map(|cookie| digest(cookie.value()));
    shown.is_some_and(|shown| shown.as_bytes().ct_eq(kept.as_bytes()).into())
}

/// The cookie that carries a secret.
pub fn cookie(secret: String) -> Cookie<'static> {
    baked(secret, LIFE)
}

/// The cookie that takes it away.
pub fn removal() -> Cookie<'static> {
    baked(String::new(), Duration::ZERO)
}

fn baked(value: String, life: Duration) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::{COOKIE, digest, is_the_same, secret};
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;

    #[test]
    fn a_browser_is_known_by_its_own_secret_alone() {
        let (mine, other) = (secret().expect("made"), secret().expect("made"));
        let request = TestRequest::default().cookie(Cookie::new(COOKIE, mine.clone())).to_http_request();
        assert!(is_the_same(&request, &digest(&mine)));
        assert!(!is_the_same(&request, &digest(&other)));
        assert!(!is_the_same(&TestRequest::default().to_http_request(), &digest(&mine)));
    }
}
