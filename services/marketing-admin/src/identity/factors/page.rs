//! `/account/security`: how somebody signs in here, and what of it can be added and taken away.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono_tz::Tz;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::notices::{self, Change};
use super::passkeys::register::{LONGEST_NAME, named};
use super::passkeys::store::{self as keys, Row};
use super::{Factors, recovery};
use crate::Desk;
use crate::identity::account::store::{self as accounts, Account};
use crate::identity::mine;
use crate::identity::providers::buttons::{LinkedProvider, linked};
use crate::identity::visit::Visit;
use crate::identity::ways::{self, Leaving};
use crate::staff::store as members;
use crate::views::{self, NoFields};

/// This page.
pub const PAGE: &str = "/account/security";
/// Where they prove who they are, and come back from.
const PROVE: &str = "/account/confirm?next=/account/security";

#[derive(Template)]
#[template(path = "factors/security.html")]
struct SecurityPage {
    shell: Shell,
    csrf: String,
    /// What was just done, in words.
    done: String,
    /// Whether they proved lately who they are: nothing is changed before.
    proved: bool,
    prove: &'static str,
    password: bool,
    app: bool,
    recovery: String,
    passkeys: Vec<Passkey>,
    step: Step,
    linked: Vec<LinkedProvider>,
    /// Whether codes by SMS are offered.
    phone: bool,
    longest_name: usize,
    script: String,
}

/// How it stands about a second step after every proof but a passkey.
struct Step {
    on: bool,
    /// They work here: nothing is to be chosen.
    fixed: bool,
    /// A passkey that is lost would shut them out.
    alone: bool,
}

/// A passkey as shown.
struct Passkey {
    id: String,
    name: String,
    line: String,
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
    let (account, now) = (guest.account.uuid(), desk.clock.now());
    let Held { factors: theirs, whose, kept, linked, zone } = held(&desk, account).await?;
    let works_here = members::by_id(&mut *desk.db.conn().await?, account).await?.is_some();
    let shell = super::shell(&desk, &request, locale, "factors-title");
    let done = match query.done.as_str() {
        "app-off" => shell.t("factors-done-app-off"),
        "passkey" => shell.t("factors-done-passkey"),
        "renamed" => shell.t("factors-done-renamed"),
        "step-on" => shell.t("second_step-done-on"),
        "step-off" => shell.t("second_step-done-off"),
        "removed" => shell.t("factors-done-removed"),
        "linked" => shell.t("providers-done-linked"),
        "unlinked" => shell.t("providers-done-unlinked"),
        "phone-added" => shell.t("phone-done-added"),
        "phone-removed" => shell.t("phone-done-removed"),
        _ => String::new(),
    };
    let page = SecurityPage {
        csrf: guest.csrf_token().to_owned(),
        done,
        proved: guest.proved(now).is_ok(),
        prove: PROVE,
        password: whose.is_some_and(|whose| whose.password_hash.is_some()),
        app: theirs.totp,
        recovery: shell.t1("factors-recovery-left", "count", theirs.recovery_left),
        step: Step { on: theirs.asked() || works_here, fixed: works_here, alone: !theirs.spares_a_passkey() },
        linked,
        phone: desk.sms.is_offered(),
        passkeys: kept.iter().map(|row| shown(row, &shell, zone)).collect(),
        longest_name: LONGEST_NAME,
        script: crate::assets::url("passkey.js"),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// What an account has, and the club's clock.
struct Held {
    factors: Factors,
    whose: Option<Account>,
    kept: Vec<Row>,
    linked: Vec<LinkedProvider>,
    zone: Tz,
}

/// Reads it as a role that sees this account alone.
async fn held(desk: &Desk, account: Uuid) -> Result<Held, Fault> {
    desk.db
        .transaction(async |conn| {
            mine::only(conn, account).await?;
            Ok::<_, Fault>(Held {
                factors: super::of(conn, account).await?,
                whose: accounts::by_id(conn, account).await?,
                kept: keys::of_account(conn, account).await?,
                linked: linked(desk, conn, account).await?,
                zone: mine::zone(conn).await,
            })
        })
        .await
}

fn shown(row: &Row, shell: &Shell, zone: Tz) -> Passkey {
    let day = |at| format::date_time(shell.lang, at, zone);
    let made = shell.t1("factors-passkey-made", "when", day(row.made_at));
    let used = row.used_at.map(|at| shell.t1("factors-passkey-used", "when", day(at)));
    Passkey {
        id: URL_SAFE_NO_PAD.encode(&row.credential_id),
        name: row.name.clone(),
        line: [Some(made), used].into_iter().flatten().collect::<Vec<_>>().join(" "),
    }
}

/// What a passkey is called from now on.
#[derive(Debug, Deserialize)]
pub struct NameForm {
    #[serde(default)]
    name: String,
}

/// Calls a passkey something else.
pub async fn rename_passkey(
    desk: Data<Desk>,
    passkey: Path<String>,
    sent: GuestForm<NameForm>,
) -> Result<HttpResponse, Fault> {
    let id = key_of(&passkey)?;
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let mut conn = desk.db.conn().await?;
    let account = sent.guest.account.uuid();
    if !keys::rename(&mut conn, account, &id, &named(&sent.form.name)).await? {
        return Err(Fault::not_found());
    }
    Ok(redirect::see_other("/account/security?done=renamed"))
}

/// Takes a passkey away.
pub async fn remove_passkey(
    desk: Data<Desk>,
    passkey: Path<String>,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let id = key_of(&passkey)?;
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            let held = accounts::hold(conn, account).await?.ok_or_else(Fault::not_found)?;
            if !keys::of_account(conn, account).await?.iter().any(|row| row.credential_id == id) {
                return Err(Fault::not_found());
            }
            ways::without(conn, &held, Leaving::Passkey).await?;
            keys::remove(conn, account, &id).await?;
            // Codes for who lost a factor go with the last one.
            let left = super::of(conn, account).await?;
            if !left.totp && left.passkeys == 0 {
                recovery::end(conn, account).await?;
            }
            notices::tell(&desk, conn, account, Change::PasskeyRemoved, &visit, now).await
        })
        .await?;
    Ok(redirect::see_other("/account/security?done=removed"))
}

/// Leads who did not prove lately who they are to where they do.
pub(super) fn unproved(desk: &Desk, guest: &Guest) -> Option<HttpResponse> {
    guest.proved(desk.clock.now()).is_err().then(|| redirect::see_other(PROVE))
}

/// The key as an address names it. 404 for what is none.
fn key_of(text: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::not_found())
}
