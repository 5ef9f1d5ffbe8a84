//! The list of breached passwords (the range API of Have I Been Pwned, v3): asked by the first five digits of a SHA-1, it answers with
//! the rest of all that begin so.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use sha1::{Digest, Sha1};

use crate::control::faults::Provider;
use crate::control::play::{self, Turn};
use crate::house::House;

/// What thieves have here.
const KNOWN: [&str; 2] = ["password1234", "maguey maguey maguey"];
/// Lines that name nobody's password, so that the length of an answer tells nothing.
const PADDING: u32 = 40;

/// `GET /breaches/range/{prefix}`.
pub async fn range(house: Data<House>, request: HttpRequest, prefix: Path<String>) -> HttpResponse {
    let fault = house.faults().take_request(Provider::Breaches, request.method().as_str(), request.path());
    match play::before(&house, &request, fault.as_ref()).await {
        Turn::Go => {}
        Turn::Cut => return play::nothing(),
        Turn::Answer { status, body, retry_after, .. } => {
            return play::with_retry_after(plain(status, body.unwrap_or_default()), retry_after);
        }
    }
    let answer = find(&prefix, request.headers().contains_key("add-padding"));
    match play::after(&house, &request, fault.as_ref()).await {
        Turn::Cut => play::nothing(),
        _ => answer,
    }
}

fn find(prefix: &str, padded: bool) -> HttpResponse {
    if prefix.len() != 5 || !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return plain(400, "The hash prefix was not in a valid format".to_owned());
    }
    let prefix = prefix.to_ascii_uppercase();
    let digests = KNOWN.map(|password| hex::encode_upper(Sha1::digest(password.as_bytes())));
    let mut lines: Vec<String> = digests
        .iter()
        .filter_map(|digest| digest.strip_prefix(&prefix))
        .map(|rest| format!("{rest}:1234"))
        .collect();
    if padded {
        lines.extend((0..PADDING).map(|number| {
            let made = hex::encode_upper(Sha1::digest(format!("{prefix} {number}").as_bytes()));
            format!("{}:0", made.get(..35).unwrap_or_default())
        }));
    }
    lines.sort();
    plain(200, lines.join("\r\n"))
}

fn plain(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("text/plain")
        .body(body)
}
