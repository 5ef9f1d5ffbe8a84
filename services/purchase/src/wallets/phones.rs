//! Apple's *PassKit Web Service*, below `/wallet/v1`: a phone that took a pass asks to be told of changes, asks which of its passes
//! changed and for each as it is now, and says when it was thrown away. The key in the pass opens it ([`super::key`]); which passes
//! changed is asked without one, by an id that only the phone knows. The protocol is Apple's, and so are its answers.

use std::time::SystemTime;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    AUTHORIZATION, Header, HttpDate, IfModifiedSince, LAST_MODIFIED, LastModified, TryIntoHeaderValue,
};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use documents::apple_pass;
use domain::clock::is_plausible;
use domain::ids::TicketId;
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, RawBody};

use super::keep::{Wallet, keep};
use super::key::Hands;
use super::store;
use crate::Shop;
use crate::orders::private;
use crate::orders::view;
use crate::papers::folder::{self, Folder};

/// Phones that are told of one pass: a guest has a phone, a watch, a tablet; a friend, too.
const MOST_PHONES: i64 = 20;
/// Changes that a phone may have missed are named again: processes write them down side by side.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);
/// A phone's words are a handful of sentences.
const LARGEST: usize = 16 * 1024;
/// How many of them are written down, and how much of each.
const WORDS: (usize, usize) = (10, 300);
/// Letters of a word that may be a key; ordinary words are shorter.
const LONG: usize = 16;

/// What a phone says when it asks to be told.
#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(rename = "pushToken")]
    push_token: String,
}

/// What a phone knows already.
#[derive(Debug, Default, Deserialize)]
pub struct Since {
    #[serde(rename = "passesUpdatedSince", default)]
    passes_updated_since: Option<String>,
}

/// What went wrong at a phone.
#[derive(Debug, Default, Deserialize)]
struct Words {
    #[serde(default)]
    logs: Vec<String>,
}

/// `POST …/devices/{device}/registrations/{pass_type}/{serial}`: 201 the first time, then 200.
pub async fn register(
    shop: Data<Shop>,
    path: Path<(String, String, Uuid)>,
    request: HttpRequest,
    body: RawBody<LARGEST>,
) -> Result<HttpResponse, Fault> {
    let (device, pass_type, ticket) = path.into_inner();
    let (hands, language) = opened(&shop, &pass_type, ticket, &request)?;
    let device = device_id(&device)?;
    let asked: Asked = serde_json::from_slice(&body.0).map_err(|_| Fault::bad_request("invalid_json"))?;
    let token = asked.push_token;
    if !(1..=200).contains(&token.len()) || !token.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        return Err(Fault::invalid("invalid_value").field("pushToken", "invalid_value"));
    }
    noted(&shop, ticket, hands, language).await?;
    let now = shop.clock.now();
    let registered = shop
        .db
        .transaction(async |conn| {
            store::register(conn, (device, token.as_str()), ticket, MOST_PHONES, now).await
        })
        .await?;
    match registered {
        Some(true) => Ok(HttpResponse::Created().finish()),
        Some(false) => Ok(HttpResponse::Ok().finish()),
        None => Err(Fault::conflict("too_many_devices")),
    }
}

/// `DELETE …/devices/{device}/registrations/{pass_type}/{serial}`.
pub async fn unregister(
    shop: Data<Shop>,
    path: Path<(String, String, Uuid)>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (device, pass_type, ticket) = path.into_inner();
    opened(&shop, &pass_type, ticket, &request)?;
    let device = device_id(&device)?;
    shop.db.transaction(async |conn| store::unregister(conn, device, ticket).await).await?;
    Ok(HttpResponse::Ok().finish())
}

/// `GET …/devices/{device}/registrations/{pass_type}?passesUpdatedSince=…`: 204 for none.
pub async fn changed(
    shop: Data<Shop>,
    path: Path<(String, String)>,
    since: Query<Since>,
) -> Result<HttpResponse, Fault> {
    let (device, pass_type) = path.into_inner();
    ours(&shop, &pass_type)?;
    let known = since.into_inner().passes_updated_since;
    // A tag that is not one of ours is no tag: the phone gets everything.
    let known =
        known.and_then(|tag| DateTime::from_timestamp(tag.parse().ok()?, 0)).filter(|at| is_plausible(*at));
    let after = known.and_then(|at| at.checked_sub_signed(OVERLAP));
    let passes = store::of_device(&mut *shop.db.conn().await?, device_id(&device)?, after).await?;
    let Some(last) = passes.iter().map(|pass| pass.changed_at).max() else {
        return Ok(private(HttpResponse::NoContent().finish()));
    };
    let last = known.map_or(last, |known| known.max(last));
    let serials: Vec<String> = passes.iter().map(|pass| pass.ticket_id.to_string()).collect();
    let body = json!({"serialNumbers": serials, "lastUpdated": last.timestamp().to_string()});
    Ok(private(HttpResponse::Ok().json(body)))
}

/// `GET …/passes/{pass_type}/{serial}`: the pass as it is now, or 304. One whose ticket lets nobody in any more is void.
pub async fn pass(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (pass_type, ticket) = path.into_inner();
    let (hands, language) = opened(&shop, &pass_type, ticket, &request)?;
    let signer = shop.wallets.apple.clone().ok_or_else(view::closed)?;
    // The version first: what changes in between is told again, and never taken for known.
    let (folder, version) = noted(&shop, ticket, hands, language).await?;
    let known = IfModifiedSince::parse(&request).ok().map(|IfModifiedSince(date)| SystemTime::from(date));
    if known.is_some_and(|known| DateTime::<Utc>::from(known) >= version) {
        return Ok(private(HttpResponse::NotModified().finish()));
    }
    let shown = folder.pass_as_it_is(&shop, ticket)?;
    let file = shop.press.make("apple_pass", move || apple_pass(&signer, &shown)).await?;
    let name = format!("ticket-{}.pkpass", folder.reference.as_str());
    Ok(dated(folder::file("application/vnd.apple.pkpass", false, &name, file), version))
}

/// `POST …/log`: what went wrong at a phone, for who looks for it.
pub async fn log(shop: Data<Shop>, body: RawBody<LARGEST>) -> Result<HttpResponse, Fault> {
    if shop.wallets.apple.is_none() {
        return Err(Fault::not_found());
    }
    let words: Words = serde_json::from_slice(&body.0).map_err(|_| Fault::bad_request("invalid_json"))?;
    for line in words.logs.iter().take(WORDS.0) {
        let said = without_keys(&line.chars().take(WORDS.1).collect::<String>());
        tracing::info!(said, "a phone says that something is wrong with a pass");
    }
    Ok(HttpResponse::Ok().finish())
}

/// A line without what opens something: serials, device ids and tokens are long words of letters and digits.
fn without_keys(line: &str) -> String {
    let in_a_key = |letter: char| letter.is_ascii_alphanumeric() || "-_+=".contains(letter);
    let words = line.split_inclusive(|letter| !in_a_key(letter));
    words
        .map(|word| {
            let key = word.trim_end_matches(|letter| !in_a_key(letter));
            if key.len() < LONG { word.to_owned() } else { format!("…{}", &word[key.len()..]) }
        })
        .collect()
}

/// Says when a pass changed last, so that a phone can name it when it asks again.
pub(crate) fn dated(mut response: HttpResponse, version: DateTime<Utc>) -> HttpResponse {
    let date = LastModified(HttpDate::from(SystemTime::from(version)));
    if let Ok(value) = date.try_into_value() {
        response.headers_mut().insert(LAST_MODIFIED, value);
    }
    response
}

/// A pass with its version; a pass that nobody noted yet is noted.
async fn noted(
    shop: &Shop,
    ticket: Uuid,
    hands: Hands,
    language: Language,
) -> Result<(Folder, DateTime<Utc>), Fault> {
    let before = store::version(&mut *shop.db.conn().await?, ticket).await?;
    let folder = folder::open_pass(shop, ticket, hands, language).await?;
    if let Some(version) = before {
        return Ok((folder, version));
    }
    let shown = folder.order.tickets.first().ok_or_else(view::closed)?;
    keep(shop, &folder.order, shown, Wallet::Apple, language).await?;
    let version = store::version(&mut *shop.db.conn().await?, ticket).await?;
    Ok((folder, version.unwrap_or_else(|| shop.clock.now())))
}

/// 404 where the club has no account with Apple, or the pass is of somebody else's.
fn ours(shop: &Shop, pass_type: &str) -> Result<(), Fault> {
    let ours = shop.wallets.apple.as_ref().is_some_and(|signer| signer.pass_type() == pass_type);
    if ours { Ok(()) } else { Err(Fault::not_found()) }
}

/// What the key in the request opens: 401 if it does not open this pass.
fn opened(
    shop: &Shop,
    pass_type: &str,
    ticket: Uuid,
    request: &HttpRequest,
) -> Result<(Hands, Language), Fault> {
    ours(shop, pass_type)?;
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = given.and_then(|value| value.strip_prefix("ApplePass ")).unwrap_or_default();
    let opened = shop.pass_keys.opens(TicketId::from_uuid(ticket), key.trim());
    opened.ok_or_else(|| Fault::new(StatusCode::UNAUTHORIZED, "token_invalid"))
}

/// A phone's id as Apple makes them.
fn device_id(device: &str) -> Result<&str, Fault> {
    let sound = (1..=128).contains(&device.len())
        && device.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter));
    if sound { Ok(device) } else { Err(Fault::not_found()) }
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn what_opens_a_list_is_not_in_the_log() {
        let said = "Register task (for device 6b1f2c33a8d94e0f9a77, pass club.pass; 0192c3d4-aaaa-7bbb-8ccc-123456789abc) failed: 401";
        assert_eq!(without_keys(said), "Register task (for device …, pass club.pass; …) failed: 401");
        assert_eq!(without_keys("ünïcode … 0123456789abcdef"), "ünïcode … …");
    }
}
