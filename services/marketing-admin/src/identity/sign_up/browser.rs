//! The browser in which somebody signed up. Whoever types another's address chooses a password in their own browser; it is
//! good only where it was chosen, so that the owner of the address, who presses the button, never opens an account to a stranger.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use chrono::TimeDelta;
use subtle::ConstantTimeEq;

use crate::identity::secret;

/// The cookie with the browser's secret.
pub const COOKIE: &str = "__Host-maguey_sign_up";
/// As long as the link lives.
const LIFE: TimeDelta = TimeDelta::hours(24);

/// What is kept of it.
pub fn digest(secret: &str) -> String {
    hex::encode(secret::hash(secret))
}

/// Whether the request comes from the browser of which this was kept.
pub fn is_the_same(request: &HttpRequest, kept: &str) -> bool {
    let shown = request.cookie(COOKIE).map(|cookie| digest(cookie.value()));
    shown.is_some_and(|shown| shown.as_bytes().ct_eq(kept.as_bytes()).into())
}

/// The cookie that carries a secret.
pub fn cookie(secret: String) -> Cookie<'static> {
    secret::cookie(COOKIE, secret, LIFE)
}

/// The cookie that takes it away.
pub fn removal() -> Cookie<'static> {
    secret::cookie(COOKIE, String::new(), TimeDelta::zero())
}

#[cfg(test)]
mod tests {
    use super::{COOKIE, digest, is_the_same};
    use crate::identity::secret::random;
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;

    #[test]
    fn a_browser_is_known_by_its_own_secret_alone() {
        let (mine, other) = (random(), random());
        let request = TestRequest::default().cookie(Cookie::new(COOKIE, mine.clone())).to_http_request();
        assert!(is_the_same(&request, &digest(&mine)));
        assert!(!is_the_same(&request, &digest(&other)));
        assert!(!is_the_same(&TestRequest::default().to_http_request(), &digest(&mine)));
    }
}
