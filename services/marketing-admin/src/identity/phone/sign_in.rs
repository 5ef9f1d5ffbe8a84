//! `/account/phone`: signing in by a code.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, Locale, PageForm};

use super::pages::{CodeForm, NumberForm, Steps};
use super::{send, store};
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
    steps(&desk, &request, locale, &wish.next).ask()
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
    steps(&desk, &request, locale, &sent.next).send(&request, &visit, &sent.phone, None).await
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
        return steps(&desk, &request, locale, &sent.next).refuse("phone-code-wrong");
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

fn steps<'a>(desk: &'a Desk, request: &HttpRequest, locale: Locale, wanted: &str) -> Steps<'a> {
    Steps {
        desk,
        locale,
        number: "/account/phone",
        code: "/account/phone/code",
        title: "phone-title",
        at: views::address(request),
        csrf: "",
        next: next::allowed(&desk.links, wanted),
        known: String::new(),
    }
}
