//! `/admin/security`: the second factor of whoever is signed in. Who needs one and has none comes here from every page of the
//! desk and can do nothing else; when it is set up, a session with what their role may do takes the place of theirs.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};
use ui::Shell;
use web::can::Anything;
use web::{CsrfForm, Fault, Locale};

use crate::Desk;
use crate::identity::factors::notices::{self, Change};
use crate::identity::factors::{self, Factors, totp};
use crate::identity::visit::Visit;
use crate::staff::Member;
use crate::staff::session::second_factor;
use crate::staff::session::sign_in::SignedIn;
use crate::staff::session::sign_in_page::opened;
use crate::staff::session::store;
use crate::staff::store as accounts;
use crate::views::{self, NoFields, Room};

#[derive(Template)]
#[template(path = "proofs/security.html")]
struct SecurityPage {
    shell: Shell,
    csrf: String,
    /// They can do nothing else before.
    must: bool,
    app: bool,
    passkeys: String,
    problem: String,
    /// The picture and the secret of an app that is being set up.
    picture: String,
    secret: String,
    spaced: String,
    script: String,
}

/// What they have, and how to add to it.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
) -> Result<HttpResponse, Fault> {
    let page = page(&desk, &request, locale, &member).await?;
    views::private(StatusCode::OK, &page)
}

/// Shows the picture of a new app. It is theirs once a code of it was right; until then nothing is kept.
pub async fn new_app(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    may_add(&desk, &member).await?;
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|e| Fault::internal(e.to_string()))?;
    let page = page(&desk, &request, locale, &member).await?;
    let page = page.with_app(&member, Secret::from(bytes))?;
    views::private(StatusCode::OK, &page)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct AppForm {
    secret: String,
    #[serde(default)]
    code: String,
}

/// Switches the app on if the code is one of it, and opens the session that its owner's role deserves.
pub async fn confirm_app(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
    visit: Visit,
    sent: CsrfForm<AppForm, Anything>,
) -> Result<HttpResponse, Fault> {
    may_add(&desk, &member).await?;
    let AppForm { secret, code } = sent.form;
    let secret = Secret::try_from_base32(secret.trim()).ok().filter(|secret| secret.as_ref().len() >= 16);
    let secret = secret.ok_or_else(|| Fault::invalid("validation_failed").field("secret", "invalid"))?;
    let (app, now) = (app_of(&member, secret.clone())?, desk.clock.now());
    let second = u64::try_from(now.timestamp()).unwrap_or_default();
    let Some(step) = app.check(code.trim(), second) else {
        let mut page = page(&desk, &request, locale, &member).await?.with_app(&member, secret)?;
        page.problem = page.shell.t("proofs-code-wrong");
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let account = member.id.uuid();
    desk.db
        .transaction(async |conn| {
            totp::put_confirmed(conn, &desk, account, (secret.as_ref(), step), now).await?;
            let detail = json!({"factor": "app"});
            audit::record(conn, &member.actor(), "second_factor.added", &account.to_string(), detail, now)
                .await?;
            // Whoever knew the password first may have been somebody else.
            notices::tell(&desk, conn, account, Change::AppAdded, &visit, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    let signed_in = anew(&desk, &member, "app").await?;
    opened(&signed_in, if member.must_set_up() { "/admin" } else { "/admin/security" })
}

/// 403 `proof_needed` where they have a factor already: another one is added by who can show it.
pub(super) async fn may_add(desk: &Desk, member: &Member<Anything>) -> Result<(), Fault> {
    let mut conn = desk.db.conn().await?;
    let theirs = factors::of(&mut conn, member.id.uuid()).await?;
    if theirs.totp || theirs.passkeys > 0 { member.proved(desk.clock.now()) } else { Ok(()) }
}

/// A session proved by the factor that was just set up, in the place of theirs.
pub(super) async fn anew(
    desk: &Desk,
    member: &Member<Anything>,
    factor: &'static str,
) -> Result<SignedIn, Fault> {
    let mut conn = desk.db.conn().await?;
    let account = accounts::by_id(&mut conn, member.id.uuid()).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let ended = || Fault::new(StatusCode::UNAUTHORIZED, "session_ended");
    let account = account.ok_or_else(ended)?;
    store::end(&mut conn, member.session.uuid(), desk.clock.now()).await?;
    drop(conn);
    second_factor::proved(desk, &member.actor(), account, factor).await?.ok_or_else(ended)
}

fn app_of(member: &Member<Anything>, secret: Secret) -> Result<Totp, Fault> {
    let club = ui::text(domain::language::Language::default(), "shared-club", &[]);
    let app =
        Builder::new().with_secret(secret).with_issuer(Some(club)).with_account_name(member.email.as_str());
    app.build().map_err(|error| Fault::internal(error.to_string()))
}

async fn page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<Anything>,
) -> Result<SecurityPage, Fault> {
    let mut conn = desk.db.conn().await?;
    let theirs: Factors = factors::of(&mut conn, member.id.uuid()).await?;
    drop(conn);
    let title = ui::text(locale.0, "proofs-set-up-title", &[]);
    let mut shell = views::desk_shell(desk, request, locale, member, Room::Own, &title);
    if request.method() != actix_web::http::Method::GET {
        shell = shell.at("/admin/security");
    }
    Ok(SecurityPage {
        csrf: member.csrf_token().to_owned(),
        must: member.must_set_up(),
        app: theirs.totp,
        passkeys: shell.t1("proofs-set-up-passkeys", "count", theirs.passkeys),
        problem: String::new(),
        picture: String::new(),
        secret: String::new(),
        spaced: String::new(),
        script: crate::assets::url("passkey.js"),
        shell,
    })
}

impl SecurityPage {
    fn with_app(mut self, member: &Member<Anything>, secret: Secret) -> Result<Self, Fault> {
        let text = secret.to_base32();
        let url = app_of(member, secret)?.to_url().map_err(|error| Fault::internal(error.to_string()))?;
        self.picture = ui::qr::svg(&url).map_err(|error| Fault::internal(error.to_string()))?;
        self.spaced = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
        self.secret = text;
        Ok(self)
    }
}
