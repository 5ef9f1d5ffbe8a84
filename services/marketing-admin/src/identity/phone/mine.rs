//! `/account/security/phone`: a number becomes a way into one's account, or is none any more.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::{CodePage, NumberPage, number, send, store};
use crate::identity::account::store as accounts;
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::limits::{self, Limit};
use crate::identity::mine;
use crate::identity::providers;
use crate::identity::visit::Visit;
use crate::notifications::account::{self as mails, AccountMail};
use crate::views::NoFields;
use crate::{Desk, views};

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
    let page = number_page(&desk, locale, &guest).await?;
    views::private(StatusCode::OK, &page)
}

/// The number, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NumberForm {
    phone: String,
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
    let Some(phone) = number::e164(&sent.form.phone, desk.sms.region()) else {
        let mut page = number_page(&desk, locale, &sent.guest).await?;
        page.error = page.shell.t("phone-number-wrong");
        page.phone = sent.form.phone.chars().take(40).collect();
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let account = Some(sent.guest.account.uuid());
    let code = send::code(&desk, &visit, &phone, account, send::waiting(&request)).await?;
    let mut page = code_page(&desk, locale, &sent.guest);
    page.line = page.shell.t1("phone-code-line", "ending", number::ending(&phone));
    let mut response = views::private(StatusCode::OK, &page)?;
    send::wait_for(&mut response, Some(code))?;
    Ok(response)
}

/// The code, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    code: String,
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
    let mut page = code_page(&desk, locale, &sent.guest);
    page.error = page.shell.t(problem);
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
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
            let Some(phone) = held.phone else { return Ok(()) };
            let linked = providers::store::of_account(conn, id).await?;
            if held.email.is_none() && held.password_hash.is_none() && linked.is_empty() {
                return Err(Fault::conflict("last_way_in").message("providers-last-way-in", &[]));
            }
            accounts::set_phone(conn, id, None, now).await?;
            let detail = json!({"ending": number::ending(&phone)});
            activity::note(conn, id, "phone_removed", detail, &visit, now).await?;
            tell::changed(conn, id, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other(&format!("{SECURITY}?done=phone-removed")))
}

async fn number_page(desk: &Desk, locale: Locale, guest: &Guest) -> Result<NumberPage, Fault> {
    let id = guest.account.uuid();
    let account = desk.db.transaction(async |conn| mine::me(conn, id).await).await?;
    Ok(NumberPage {
        shell: super::shell(desk, HERE, locale, "phone-mine-title"),
        action: HERE,
        csrf: guest.csrf_token().to_owned(),
        phone: String::new(),
        error: String::new(),
        next: String::new(),
        known: account.phone.unwrap_or_default(),
    })
}

fn code_page(desk: &Desk, locale: Locale, guest: &Guest) -> CodePage {
    CodePage {
        shell: super::shell(desk, HERE, locale, "phone-code-title"),
        action: "/account/security/phone/code",
        again: HERE,
        csrf: guest.csrf_token().to_owned(),
        error: String::new(),
        next: String::new(),
        line: String::new(),
    }
}
