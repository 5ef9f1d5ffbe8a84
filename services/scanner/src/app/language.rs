//! The language that a doorman chose, kept on the phone.

use actix_web::{HttpRequest, HttpResponse};
use web::Locale;

/// Remembers the language that the address names, if it names one.
pub fn remember(request: &HttpRequest, answer: &mut HttpResponse) {
    if let Some(language) = Locale::asked_for(request) {
        // A cookie of a fixed name and a two-letter value is always a legal header.
        let _ = answer.add_cookie(&Locale(language).cookie());
    }
}
