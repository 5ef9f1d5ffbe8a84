//! Sends a code, and has the browser remember which.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use uuid::Uuid;
use web::Fault;

use super::store::{self, NewCode};
use crate::Desk;
use crate::identity::limits::{self, Limit, club};
use crate::identity::secret;
use crate::identity::sms::Fate;
use crate::identity::visit::Visit;

/// How long a code is good.
pub const LIVES: TimeDelta = TimeDelta::minutes(10);
/// Under which key this browser waits for its codes.
const COOKIE: &str = "__Host-maguey_phone";

/// What is answered to who asks for a code.
pub(super) enum Answer {
    /// The browser is to keep this.
    Keep(Uuid),
    /// We send nothing to that country.
    Unserved,
    /// As many as the club sends within an hour were sent; the next one after this long.
    Later(Duration),
}

/// Sends a code to a number, unless it had enough of them. Whoever asks learns nothing of what became of it, be it that the number has
/// no account, gets no more for a while, or does not exist.
pub(super) async fn code(
    desk: &Desk,
    visit: &Visit,
    phone: &str,
    account: Option<Uuid>,
    waiting: Option<Uuid>,
) -> Result<Answer, Fault> {
    limits::take(desk, Limit::PhoneCode, visit, phone).await?;
    if !desk.sms.serves(phone) {
        desk.sms.note(Fate::Unserved);
        return Ok(Answer::Unserved);
    }
    let browser = waiting.unwrap_or_else(Uuid::now_v7);
    if !limits::quiet(desk, Limit::PhoneCode, phone).await? {
        // The codes that were sent last stay good.
        return Ok(Answer::Keep(browser));
    }
    if let Some(wait) = club::take(desk).await? {
        // What was not sent is not counted against its owner.
        limits::right(&mut *desk.db.conn().await?, Limit::PhoneCode, phone).await?;
        desk.sms.note(Fate::Capped);
        return Ok(Answer::Later(wait));
    }
    let new = NewCode { id: Uuid::now_v7(), browser, phone: phone.to_owned(), account, code: six_digits()? };
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            store::make(conn, &new, now, now + LIVES).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    let site = desk.links.marketing.as_str();
    let host = site.split_once("://").map_or(site, |(_, host)| host);
    let text = ui::text(visit.language, "phone-sms", &[("code", &new.code), ("site", &host)]);
    // The last line is read by browsers, which fill the code in on this site only.
    desk.sms.send(phone, &format!("{text}\n\n@{host} #{}", new.code)).await;
    Ok(Answer::Keep(browser))
}

/// Under which key this browser waits for codes.
pub(super) fn waiting(request: &HttpRequest) -> Option<Uuid> {
    request.cookie(COOKIE).and_then(|cookie| cookie.value().parse().ok())
}

/// Has it wait under this one; none: for nothing any more.
pub(super) fn wait_for(response: &mut HttpResponse, browser: Option<Uuid>) -> Result<(), Fault> {
    let life = if browser.is_some() { LIVES } else { TimeDelta::zero() };
    let cookie = secret::cookie(COOKIE, browser.map(|key| key.to_string()).unwrap_or_default(), life);
    response.add_cookie(&cookie).map_err(|error| Fault::internal(error.to_string()))
}

/// A million codes, each as likely as the others.
fn six_digits() -> Result<String, Fault> {
    /// The largest multiple of a million below 2³².
    const FAIR: u32 = 4_294_000_000;
    loop {
        let mut bytes = [0_u8; 4];
        getrandom::fill(&mut bytes).map_err(|error| Fault::internal(error.to_string()))?;
        let number = u32::from_le_bytes(bytes);
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// The digits that somebody typed, with whatever spaces.
pub(super) fn typed(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).take(12).collect()
}
