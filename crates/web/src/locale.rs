//! The reader's language.

use std::future::{Ready, ready};

use actix_web::{Error, FromRequest, HttpRequest, cookie::Cookie, dev::Payload, http::header};
use domain::language::Language;

/// The cookie that remembers a chosen language.
pub const COOKIE: &str = "lang";

/// The reader's language: `?lang=`, else the `lang` cookie, else `Accept-Language`, else English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale(pub Language);

impl Locale {
    /// The language of this request.
    pub fn of(request: &HttpRequest) -> Self {
        let language = Self::asked_for(request)
            .or_else(|| request.cookie(COOKIE).and_then(|cookie| cookie.value().parse().ok()))
            .or_else(|| {
                let header = request.headers().get(header::ACCEPT_LANGUAGE)?;
                Language::from_accept_language(header.to_str().ok()?)
            });
        Self(language.unwrap_or_default())
    }

    /// The language named in `?lang=`, if any. Pages remember it with [`Locale::cookie`], see `observe`.
    pub fn asked_for(request: &HttpRequest) -> Option<Language> {
        let mut pairs = request.query_string().split('&');
        pairs.find_map(|pair| pair.strip_prefix("lang=")).and_then(|code| code.parse().ok())
    }

    /// A cookie that remembers the language for a year.
    pub fn cookie(self) -> Cookie<'static> {
        Cookie::build(COOKIE, self.0.code())
            .path("/")
            .same_site(actix_web::cookie::SameSite::Lax)
            .max_age(actix_web::cookie::time::Duration::days(365))
            .finish()
    }
}

impl FromRequest for Locale {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
