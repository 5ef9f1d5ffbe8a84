//! `/account/security/phone`: a number becomes a way into one's account, or is none any more.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use domain::language::Language;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::pages::{CodeForm, NumberForm, Steps};
use super::{number, send, store};
use crate::Desk;
use crate::identity::account::store as accounts;
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::limits::{self, Limit};
use crate::identity::mine;
use crate::identity::visit::Visit;
use crate::identity::ways::{self, Leaving};
use crate::notifications::account::{self as mails, AccountMail};
use crate::views::NoFields;

const HERE: &str = "/account/security/phone";
/// Where they prove who they are, and come back from.
const PROVE: &str = "/account/confirm?next=/account/security/phone";
const SECURITY: &str = "/account/security";

/// `GET`: the number there is, or a form for one.
pub async fn show(desk: Data<Desk>, locale: Locale, guest: Guest) -> Result<HttpResponse, Fault> {
    super::offered(&desk)?;
    if guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    steps(&desk, locale, &guest).await?.ask()
}

/// `POST`: sends a code, also to a number that is somebody else's: who can't read it learns nothing.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<NumberForm>,
) -> Result<HttpResponse, Fault> {
    super::offered(&desk)?;
    if sent.guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    let account = Some(sent.guest.account.uuid());
    steps(&desk, locale, &sent.guest).await?.send(&request, &visit, &sent.form.phone, account).await
}

/// What a typed code led to.
enum Typed {
    Wrong,
    SomebodyElses,
    Added,
}

/// `POST /account/security/phone/code`: the number is proven.
pub async fn code(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<CodeForm>,
) -> Result<HttpResponse, Fault> {
    super::offered(&desk)?;
    let id = sent.guest.account.uuid();
    limits::take(&desk, Limit::SecondFactor, &visit, &id.to_string()).await?;
    let typed = match send::waiting(&request) {
        Some(waiting) => add(&desk, &visit, id, (waiting, &send::typed(&sent.form.code))).await?,
        None => Typed::Wrong,
    };
    let problem = match typed {
        Typed::Added => {
            let mut response = redirect::see_other(&format!("{SECURITY}?done=phone-added"));
            send::wait_for(&mut response, None)?;
            return Ok(response);
        }
        Typed::Wrong => "phone-code-wrong",
        Typed::SomebodyElses => "phone-somebody-elses",
    };
    steps(&desk, locale, &sent.guest).await?.refuse(problem)
}

async fn add(desk: &Desk, visit: &Visit, id: Uuid, (waiting, code): (Uuid, &str)) -> Result<Typed, Fault> {
    let (now, site) = (desk.clock.now(), desk.links.marketing.as_str());
    desk.db
        .transaction(async |conn| {
            let held = accounts::hold(conn, id).await?.filter(|account| account.erased_at.is_none());
            let held = held.ok_or_else(|| Fault::new(StatusCode::UNAUTHORIZED, "session_ended"))?;
            let Some(phone) = store::try_code(conn, waiting, Some(id), code, now).await? else {
                return Ok(Typed::Wrong);
            };
            if !accounts::set_phone(conn, id, Some(&phone), now).await? {
                return Ok(Typed::SomebodyElses);
            }
            let ending = number::ending(&phone);
            activity::note(conn, id, "phone_added", json!({"ending": ending}), visit, now).await?;
            if let Some(email) = &held.email {
                let mail = AccountMail {
                    kind: "phone-added",
                    to: email,
                    language: held.language.parse::<Language>().unwrap_or_default(),
                    link: Some(format!("{site}{SECURITY}")),
                    facts: vec![("name", held.name.clone()), ("ending", ending)],
                };
                mails::write(conn, &mail, now).await?;
            }
            tell::changed(conn, id, now).await?;
            Ok::<_, Fault>(Typed::Added)
        })
        .await
}

/// `POST /account/security/phone/remove`: unless nothing else would lead into the account.
pub async fn remove(
    desk: Data<Desk>,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    if sent.guest.proved(now).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    let id = sent.guest.account.uuid();
    desk.db
        .transaction(async |conn| {
            let held = accounts::hold(conn, id).await?.filter(|account| account.erased_at.is_none());
            let held = held.ok_or_else(|| Fault::new(StatusCode::UNAUTHORIZED, "session_ended"))?;
            let Some(phone) = &held.phone else { return Ok(()) };
            ways::without(conn, &held, Leaving::Phone).await?;
            accounts::set_phone(conn, id, None, now).await?;
            let detail = json!({"ending": number::ending(phone)});
            activity::note(conn, id, "phone_removed", detail, &visit, now).await?;
            tell::changed(conn, id, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other(&format!("{SECURITY}?done=phone-removed")))
}

async fn steps<'a>(desk: &'a Desk, locale: Locale, guest: &'a Guest) -> Result<Steps<'a>, Fault> {
    let id = guest.account.uuid();
    let account = desk.db.transaction(async |conn| mine::me(conn, id).await).await?;
    Ok(Steps {
        desk,
        locale,
        number: HERE,
        code: "/account/security/phone/code",
        title: "phone-mine-title",
        at: HERE.to_owned(),
        csrf: guest.csrf_token(),
        next: String::new(),
        known: account.phone.unwrap_or_default(),
    })
}
