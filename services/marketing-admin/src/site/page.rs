//! How a public page is answered: cacheable for a moment, revalidated by its content.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, ETAG, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};
use ui::{Shell, Site};
use web::{Fault, Locale};

use crate::Desk;
use crate::views;

/// A change is on the page within this time, whatever caches stand between.
const FRESH: &str = "public, max-age=5";

/// The frame of a public page.
pub fn shell(desk: &Desk, request: &HttpRequest, locale: Locale, title: impl Into<String>) -> Shell {
    Shell::new(Site::Marketing, locale.0, title, &desk.links).at(&views::address(request))
}

/// The page, or 304 if the reader has it.
pub fn answer(request: &HttpRequest, locale: Locale, page: &impl Template) -> Result<HttpResponse, Fault> {
    let body = page.render()?;
    let etag = format!("\"{}\"", hex(&Sha256::digest(&body)[..12]));
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut answer = match known {
        Some(known) if known.contains(&etag) => HttpResponse::NotModified(),
        _ => HttpResponse::Ok(),
    };
    answer
        .insert_header((CACHE_CONTROL, FRESH))
        .insert_header((VARY, "accept-language, cookie"))
        .insert_header((CONTENT_LANGUAGE, locale.0.code()))
        .insert_header((ETAG, etag.clone()));
    if known.is_some_and(|known| known.contains(&etag)) {
        return Ok(answer.finish());
    }
    Ok(answer.content_type("text/html; charset=utf-8").body(body))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
