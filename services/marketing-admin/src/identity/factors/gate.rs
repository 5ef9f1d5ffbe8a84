//! Between the first proof and the second factor: a row with the SHA-256 of a token that the browser holds, good for ten minutes
//! and five tries, and only as long as the password stays what it was.

use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Binary, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::{Fault, redirect};

use crate::Desk;
use crate::identity::session::Proof;
use crate::identity::visit::Visit;
use crate::staff::store as members;

/// The cookie of a sign-in under way: this host only, unreadable for scripts.
pub const COOKIE: &str = "__Host-maguey_pending";
/// Where the second factor is asked for.
pub const PAGE: &str = "/account/second-factor";
/// Where a sign-in begins.
pub const SIGN_IN: &str = "/account/sign-in";
/// Time to find the phone and open the app.
const LIVES: TimeDelta = TimeDelta::minutes(10);
/// Codes per sign-in; after them the first proof is asked for again.
const TRIES: i16 = 5;
/// Nobody is led to a longer address than the column holds.
const LONGEST_NEXT: usize = 2000;

/// The password that an account has now, as far as a row needs to know it.
const PASSWORD: &str = "sha256(convert_to(coalesce(a.password_hash, ''), 'UTF8'))";

/// A sign-in whose first proof was good.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct Pending {
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub account_id: Uuid,
    /// Code of the first proof.
    #[diesel(sql_type = Text)]
    proof: String,
    /// Where to go afterwards.
    #[diesel(sql_type = Text)]
    pub next: String,
}

impl Pending {
    /// How they proved the first time.
    pub fn proof(&self) -> Proof {
        match self.proof.as_str() {
            "link" => Proof::Link,
            "passkey" => Proof::Passkey,
            "phone" => Proof::Phone,
            "google" => Proof::Provider("google"),
            "apple" => Proof::Provider("apple"),
            "facebook" => Proof::Provider("facebook"),
            "github" => Proof::Provider("github"),
            _ => Proof::Password,
        }
    }
}

/// Leads to the second factor where the account has an app with codes, or passkeys and wants to be asked for them
/// ([`super::Factors::asked`]), or passkeys and is one of the staff's; none where the first proof is all. A passkey is both factors: it is never asked for another.
pub async fn gate(
    desk: &Desk,
    visit: &Visit,
    account: Uuid,
    proof: Proof,
    next: &str,
) -> Result<Option<HttpResponse>, Fault> {
    if proof == Proof::Passkey {
        return Ok(None);
    }
    let mut conn = desk.db.conn().await?;
    let theirs = super::of(&mut conn, account).await?;
    // Whoever reads a member's mail must not add a passkey of their own here, and come in by it at the desk.
    let works_here = theirs.passkeys > 0 && members::by_id(&mut conn, account).await?.is_some();
    if !theirs.asked() && !works_here {
        return Ok(None);
    }
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|e| Fault::internal(e.to_string()))?;
    let token = URL_SAFE_NO_PAD.encode(secret);
    let next = if next.len() > LONGEST_NEXT { "" } else { next };
    insert(&mut conn, &token, (account, proof), next, desk.clock.now()).await?;
    tracing::info!(request = ?visit.request, "a second factor is asked for");
    let mut response = redirect::see_other(PAGE);
    with_cookie(&mut response, &bake(token, CookieDuration::seconds(LIVES.num_seconds())))?;
    Ok(Some(response))
}

async fn insert(
    conn: &mut Conn,
    token: &str,
    (account, proof): (Uuid, Proof),
    next: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM pending_sign_ins WHERE expires_at <= $1")
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    diesel::sql_query(format!(
        "INSERT INTO pending_sign_ins (token_hash, account_id, password, proof, next, made_at, expires_at)
         SELECT $1, a.id, {PASSWORD}, $3, $4, $5, $6 FROM accounts a WHERE a.id = $2"
    ))
    .bind::<Binary, _>(digest(token))
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(proof.code())
    .bind::<Text, _>(next)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + LIVES)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// The token of the request's cookie.
pub fn token(request: &HttpRequest) -> Option<String> {
    let token = request.cookie(COOKIE)?.value().to_owned();
    Some(token).filter(|token| !token.is_empty() && token.len() <= 64)
}

/// The sign-in of a token; none if it is over.
pub async fn find(conn: &mut Conn, token: &str, now: DateTime<Utc>) -> Result<Option<Pending>, DbError> {
    Ok(diesel::sql_query(format!(
        "SELECT p.account_id, p.proof, p.next FROM pending_sign_ins p JOIN accounts a ON a.id = p.account_id
          WHERE p.token_hash = $1 AND p.expires_at > $2 AND p.tries < $3 AND p.password = {PASSWORD}"
    ))
    .bind::<Binary, _>(digest(token))
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(TRIES)
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// The same, with a try counted before the code is looked at: many at once are many.
pub async fn take_a_try(
    conn: &mut Conn,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Pending>, DbError> {
    Ok(diesel::sql_query(format!(
        "UPDATE pending_sign_ins p SET tries = p.tries + 1 FROM accounts a
          WHERE a.id = p.account_id AND p.token_hash = $1 AND p.expires_at > $2 AND p.tries < $3
            AND p.password = {PASSWORD}
         RETURNING p.account_id, p.proof, p.next"
    ))
    .bind::<Binary, _>(digest(token))
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(TRIES)
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// Ends it: it is good for one session alone. Whether it was still there.
pub async fn end(conn: &mut Conn, token: &str) -> Result<bool, DbError> {
    let ended = diesel::sql_query("DELETE FROM pending_sign_ins WHERE token_hash = $1")
        .bind::<Binary, _>(digest(token))
        .kept()
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

/// The sign-in is over, or never began: the first proof is asked for again.
pub fn begin_anew() -> Result<HttpResponse, Fault> {
    let mut response = redirect::see_other(SIGN_IN);
    forget(&mut response)?;
    Ok(response)
}

/// Has the browser forget the token.
pub fn forget(response: &mut HttpResponse) -> Result<(), Fault> {
    with_cookie(response, &bake(String::new(), CookieDuration::ZERO))
}

fn with_cookie(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Fault> {
    response.add_cookie(cookie).map_err(|e| Fault::internal(e.to_string()))
}

fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

fn bake(token: String, life: CookieDuration) -> Cookie<'static> {
    Cookie::build(COOKIE, token)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}
