//! `/account/phone`: signing in by a code.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, Locale, PageForm};

use super::{CodePage, NumberPage, number, send, store};
use crate::identity::account::store::{self as accounts, NewAccount};
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::limits::{self, Limit};
use crate::identity::session::{Proof, next, open};
use crate::identity::visit::Visit;
use crate::{Desk, views};

/// Where they want to go.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    next: String,
}

/// `GET`: asks for the number.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    wish: Query<Wish>,
) -> Result<HttpResponse, Fault> {
    super::offered(&desk)?;
    views::private(StatusCode::OK, &number_page(&desk, &request, locale, &wish.next))
}

/// The number, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NumberForm {
    phone: String,
    next: String,
}

/// `POST`: sends a code.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: PageForm<NumberForm>,
) -> Result<HttpResponse, Fault> {
    super::offered(&desk)?;
    let Some(phone) = number::e164(&sent.phone, desk.sms.region()) else {
        let mut page = number_page(&desk, &request, locale, &sent.next);
        page.error = page.shell.t("phone-number-wrong");
        page.phone = sent.phone.chars().take(40).collect();
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let code = send::code(&desk, &visit, &phone, None, send::waiting(&request)).await?;
    let mut page = code_page(&desk, locale, &sent.next);
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
    next: String,
}

/// `POST /account/phone/code`: signs in, or makes an account without an address.
pub async fn code(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: PageForm<CodeForm>,
) -> Result<HttpResponse, Fault> {
    super::offered(&desk)?;
    limits::take(&desk, Limit::SecondFactor, &visit, "").await?;
    let account = match send::waiting(&request) {
        Some(waiting) => proven(&desk, &visit, waiting, &send::typed(&sent.code)).await?,
        None => None,
    };
    let Some(account) = account else {
        let mut page = code_page(&desk, locale, &sent.next);
        page.error = page.shell.t("phone-code-wrong");
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let mut response = open::finish(&desk, &visit, account, Proof::Phone, &sent.next).await?;
    send::wait_for(&mut response, None)?;
    Ok(response)
}

/// Whose number the right code proves; somebody new gets an account.
async fn proven(desk: &Desk, visit: &Visit, waiting: Uuid, code: &str) -> Result<Option<Uuid>, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let Some(phone) = store::try_code(conn, waiting, None, code, now).await? else { return Ok(None) };
            if let Some(known) = accounts::by_phone(conn, &phone).await? {
                return Ok(Some(known.id));
            }
            let new = NewAccount {
                id: Uuid::now_v7(),
                email: None,
                phone: Some(phone.clone()),
                name: String::new(),
                password_hash: None,
                language: visit.language.code().to_owned(),
                marketing: false,
            };
            if !accounts::insert(conn, &new, now).await? {
                // Made in this very moment by another code to the same number.
                return Ok(accounts::by_phone(conn, &phone).await?.map(|account| account.id));
            }
            activity::note(conn, new.id, "signed_up", json!({"phone": true}), visit, now).await?;
            tell::changed(conn, new.id, now).await?;
            Ok::<_, Fault>(Some(new.id))
        })
        .await
}

fn number_page(desk: &Desk, request: &HttpRequest, locale: Locale, wanted: &str) -> NumberPage {
    NumberPage {
        shell: super::shell(desk, &views::address(request), locale, "phone-title"),
        action: "/account/phone",
        csrf: String::new(),
        phone: String::new(),
        error: String::new(),
        next: next::allowed(&desk.links, wanted),
        known: String::new(),
    }
}

fn code_page(desk: &Desk, locale: Locale, wanted: &str) -> CodePage {
    CodePage {
        shell: super::shell(desk, "/account/phone", locale, "phone-code-title"),
        action: "/account/phone/code",
        again: "/account/phone",
        csrf: String::new(),
        error: String::new(),
        next: next::allowed(&desk.links, wanted),
        line: String::new(),
    }
}
