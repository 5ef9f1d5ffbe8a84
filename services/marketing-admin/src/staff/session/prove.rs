//! Proving afresh who one is: `/admin/prove` and `POST /api/v1/session/proof`. The session stays the same; its token says
//! since when it is proved, and takes the place of the one before.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ui::Shell;
use utoipa::ToSchema;
use web::can::Anything;
use web::session::{self, Claims};
use web::{ApiJson, CsrfForm, Fault, Locale, Problem, redirect};

use crate::identity::{ClientAddress, factors};
use crate::staff::Member;
use crate::staff::session::sign_in::{self, Attempt};
use crate::views::{self, Room};
use crate::{Desk, SERVICE};

#[derive(Template)]
#[template(path = "proofs/prove.html")]
struct ProvePage {
    shell: Shell,
    csrf: String,
    next: String,
    problem: String,
    passkeys: bool,
    codes: bool,
    script: String,
}

#[derive(Template)]
#[template(path = "proofs/proved.html")]
struct ProvedPage {
    shell: Shell,
    file: String,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// The form. Who has no second factor yet is led to where one is set up.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Fault> {
    page(&desk, &request, locale, &member, &wanted.next, StatusCode::OK, "").await
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ProofForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Proves it and leads on, or says on the form what did not fit.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
    from: ClientAddress,
    sent: CsrfForm<ProofForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let ProofForm { code, next } = sent.form;
    match by_code(&desk, &member, &from, &code).await {
        Ok(()) => {}
        Err(fault) if fault.code() == "invalid_credentials" => {
            let (status, wrong) = (StatusCode::UNPROCESSABLE_ENTITY, "proofs-code-wrong");
            return page(&desk, &request, locale, &member, &next, status, wrong).await;
        }
        Err(fault) if fault.status() == StatusCode::TOO_MANY_REQUESTS => {
            let (status, often) = (fault.status(), "admin-sign-in-too-often");
            return page(&desk, &request, locale, &member, &next, status, often).await;
        }
        Err(fault) => return Err(fault),
    }
    let (token, claims) = fresh(&desk, &member, "code").await?;
    let mut response = onwards(&desk, &request, locale, &member, &next)?;
    let cookie = session::cookie(token, &claims);
    response.add_cookie(&cookie).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

/// The page they came from. A file is no page: what leads to one would leave them with a form that waits for ever.
pub(super) fn onwards<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    next: &str,
) -> Result<HttpResponse, Fault> {
    let next = local(next);
    if !next.starts_with("/admin/exports/") {
        return Ok(redirect::see_other(next));
    }
    let title = ui::text(locale.0, "proofs-proved", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Own, &title).at("/admin");
    views::private(StatusCode::OK, &ProvedPage { shell, file: next.to_owned() })
}

/// A path of the desk; the desk itself for anything else.
pub(super) fn local(next: &str) -> &str {
    match redirect::local(next) {
        "/" => "/admin",
        next => next,
    }
}

/// What a program sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofWanted {
    /// A code of the second factor, or a recovery code.
    pub code: String,
}

/// The same session, proved.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proved {
    /// Takes the place of the token that asked.
    pub token: String,
    /// When it stops being good: when the other one would have.
    pub expires_at: DateTime<Utc>,
}

/// Proves afresh who one is, for what answers 403 `proof_needed`.
#[utoipa::path(
    post, path = "/api/v1/session/proof", tag = "session", request_body = ProofWanted, security(("staff" = [])),
    responses(
        (status = 200, body = Proved),
        (status = 401, description = "`invalid_credentials`: the code does not fit, or was used", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn by_api(
    desk: Data<Desk>,
    member: Member<Anything>,
    from: ClientAddress,
    wanted: ApiJson<ProofWanted>,
) -> Result<HttpResponse, Fault> {
    by_code(&desk, &member, &from, &wanted.into_inner().code).await?;
    let (token, claims) = fresh(&desk, &member, "code").await?;
    Ok(HttpResponse::Ok().json(Proved { token, expires_at: claims.expires_at() }))
}

/// 401 `invalid_credentials` for a code that does not fit, counted with the refused sign-ins; 429 after too many.
pub(super) async fn by_code<P>(
    desk: &Desk,
    member: &Member<P>,
    from: &ClientAddress,
    code: &str,
) -> Result<(), Fault> {
    let mut conn = desk.db.conn().await?;
    sign_in::may_try(desk, &mut conn, &member.id.uuid().to_string(), from).await?;
    let now = desk.clock.now();
    if factors::code_fits(desk, &mut conn, member.id.uuid(), code.trim(), now).await? {
        return Ok(());
    }
    drop(conn);
    let account = Some(member.id.uuid());
    let attempt = Attempt { email: &member.email, account, from, audience: SERVICE };
    Err(sign_in::refused(desk, &member.actor(), &attempt).await)
}

/// The token that says so, and its row in the audit log.
pub(super) async fn fresh<P>(
    desk: &Desk,
    member: &Member<P>,
    factor: &'static str,
) -> Result<(String, Claims), Fault> {
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let (target, detail) = (member.session.to_string(), json!({"second_factor": factor}));
    audit::record(&mut conn, &member.actor(), "session.proved", &target, detail, now).await?;
    // What it may do and when it is over stay what they were.
    let claims = Claims { iat: now.timestamp(), ..member.claims.clone() }.proved(now);
    Ok((desk.signer.sign(&claims), claims))
}

async fn page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<Anything>,
    next: &str,
    status: StatusCode,
    problem: &str,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let theirs = factors::of(&mut conn, member.id.uuid()).await?;
    drop(conn);
    if !theirs.totp && theirs.passkeys == 0 {
        return Ok(redirect::see_other("/admin/security"));
    }
    let title = ui::text(locale.0, "proofs-prove-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Own, &title);
    let page = ProvePage {
        csrf: member.csrf_token().to_owned(),
        next: local(next).to_owned(),
        problem: if problem.is_empty() { String::new() } else { shell.t(problem) },
        passkeys: theirs.passkeys > 0,
        codes: theirs.codes(),
        script: crate::assets::url("passkey.js"),
        shell,
    };
    views::private(status, &page)
}
