//! `/account/profile`: name, language, and whether the club may write about coming nights.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use ui::{Shell, format};
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::{initials, store};
use crate::identity::account::tell;
use crate::identity::consents::{self, Consent};
use crate::identity::visit::Visit;
use crate::identity::{activity, avatar, names};
use crate::{Desk, views};

/// Where the page says that something was saved.
pub(in crate::identity) const SAVED: &str = "/account/profile?done=saved";

#[derive(Template)]
#[template(path = "mine/profile.html")]
struct ProfilePage {
    shell: Shell,
    csrf: String,
    initials: String,
    /// Where their picture is.
    picture: Option<String>,
    picture_error: String,
    name: String,
    name_error: String,
    language: Language,
    languages: Vec<(Language, String)>,
    marketing: bool,
    history: Vec<String>,
    done: bool,
}

/// What was done before.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
    query: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let mut page = page(&desk, &request, locale, &guest).await?;
    page.done = query.done == "saved";
    views::private(StatusCode::OK, &page)
}

/// The page with what is wrong with a picture.
pub(in crate::identity) async fn with_picture_problem(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    guest: &Guest,
    (status, problem): (StatusCode, &str),
) -> Result<HttpResponse, Fault> {
    let mut page = page(desk, request, locale, guest).await?;
    page.picture_error = page.shell.t(problem);
    views::private(status, &page)
}

/// Name and language, as typed.
#[derive(Debug, Deserialize)]
pub struct ProfileForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
}

/// Saves them; a name that does not fit is said on the form.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<ProfileForm>,
) -> Result<HttpResponse, Fault> {
    let name = names::tidy(&sent.form.name);
    let language = sent.form.language.parse::<Language>().unwrap_or(locale.0);
    if let Some(problem) = names::problem(&name) {
        let mut page = page(&desk, &request, locale, &sent.guest).await?;
        page.name_error = page.shell.t(problem);
        page.name = name;
        page.language = language;
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let (id, now) = (super::key_of(&sent.guest), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            let before = super::held(conn, id).await?;
            let mut fields = Vec::new();
            if before.name != name {
                fields.push("name");
            }
            if before.language != language.code() {
                fields.push("language");
            }
            if fields.is_empty() {
                return Ok(());
            }
            store::rename(conn, id, &name, language.code(), now).await?;
            activity::note(conn, id, "profile_changed", json!({"fields": fields}), &visit, now).await?;
            tell::changed(conn, id, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    let mut response = redirect::see_other(SAVED);
    response.add_cookie(&Locale(language).cookie()).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

/// Whether the club may write.
#[derive(Debug, Deserialize)]
pub struct MarketingForm {
    #[serde(default)]
    granted: String,
}

/// One click each way. Saying the same twice is saying it once.
pub async fn marketing(
    desk: Data<Desk>,
    visit: Visit,
    sent: GuestForm<MarketingForm>,
) -> Result<HttpResponse, Fault> {
    let granted = sent.form.granted == "yes";
    let (id, now) = (super::key_of(&sent.guest), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            if super::held(conn, id).await?.marketing == granted {
                return Ok(());
            }
            store::set_marketing(conn, id, granted, now).await?;
            consents::note(conn, id, consents::MARKETING, granted, "profile", now).await?;
            let detail = json!({"kind": consents::MARKETING, "granted": granted});
            activity::note(conn, id, "consent_changed", detail, &visit, now).await?;
            tell::changed(conn, id, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other(SAVED))
}

async fn page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    guest: &Guest,
) -> Result<ProfilePage, Fault> {
    let id = super::key_of(guest);
    let (account, history, picture, zone) = desk
        .db
        .transaction(async |conn| {
            let account = super::me(conn, id).await?;
            let history = consents::history(conn, id, consents::MARKETING).await?;
            let picture = avatar::own(conn, id).await?;
            Ok::<_, Fault>((account, history, picture, super::zone(conn).await))
        })
        .await?;
    let shell = super::shell(desk, request, locale, "account-profile");
    let named = |language: Language| (language, shell.t(&format!("account-language-{}", language.code())));
    Ok(ProfilePage {
        csrf: guest.csrf_token().to_owned(),
        initials: initials::of(&account.name, account.email.as_deref()),
        picture,
        picture_error: String::new(),
        language: account.language.parse().unwrap_or_default(),
        languages: Language::ALL.into_iter().map(named).collect(),
        marketing: account.marketing,
        history: history.iter().map(|each| said(each, &shell, zone)).collect(),
        name: account.name,
        name_error: String::new(),
        done: false,
        shell,
    })
}

fn said(consent: &Consent, shell: &Shell, zone: Tz) -> String {
    let key = if consent.granted { "account-consent-given" } else { "account-consent-taken-back" };
    shell.t1(key, "when", format::date_time(shell.lang, consent.at, zone))
}
