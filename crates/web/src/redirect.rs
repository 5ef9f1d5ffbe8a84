//! Redirects that cannot lead away from this site.

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};

/// 303 to a path of this site, or to a URL that we made ourselves.
pub fn see_other(location: &str) -> HttpResponse {
    let value = HeaderValue::from_str(location).unwrap_or_else(|_| HeaderValue::from_static("/"));
    HttpResponse::SeeOther().insert_header((header::LOCATION, value)).finish()
}

/// The `next` of a sign-in form, if it stays on this site; `/` otherwise.
///
/// Browsers read `\` as `/` and strip control characters, so both are refused, encoded or not.
pub fn local(next: &str) -> &str {
    let lower = next.to_ascii_lowercase();
    let second = next.as_bytes().get(1);
    let stays = next.starts_with('/')
        && second != Some(&b'/')
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic())
        && !["/%2f", "/%5c", "%0d", "%0a", "%00"].iter().any(|trick| lower.contains(trick));
    if stays { next } else { "/" }
}

/// The sign-in page that comes back to the page asked for.
pub(crate) fn sign_in(path: &str, wanted: &str) -> String {
    format!("{path}?next={}", encode(wanted))
}

/// Percent-encodes all but unreserved characters and `/`.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/admin", "/admin/events?page=2", "/e/night-of-cumbia"] {
            assert_eq!(local(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil",
            "\\\\evil",
            "https:evil",
            "https://evil",
            "/%2f/evil",
            "/%2F%2Fevil",
            "/%5cevil",
            "/a\r\nSet-Cookie: x",
            "/a%0d%0ab",
            "javascript:alert(1)",
            "admin",
            "/ñ",
        ] {
            assert_eq!(local(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn the_wanted_page_is_encoded_whole() {
        assert_eq!(encode("/admin?a=1&b=2"), "/admin%3Fa%3D1%26b%3D2");
    }
}
