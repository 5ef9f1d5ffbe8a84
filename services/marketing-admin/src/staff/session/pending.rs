//! Between the password and the second factor: a row with the SHA-256 of a token that the browser holds, good for ten minutes
//! and five tries.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Binary, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::staff::store::StaffRow;

/// The cookie of a sign-in under way: this host only, unreadable for scripts.
pub const COOKIE: &str = "__Host-maguey_staff_pending";
/// Time to find the phone and open the app.
const LIVES: TimeDelta = TimeDelta::minutes(10);
/// Codes per sign-in; after them the password is asked for again, and its refusals are counted.
const TRIES: i16 = 5;
/// Nobody is led to a longer address than the column holds.
const LONGEST_NEXT: usize = 2000;

/// A sign-in whose password was right.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct Pending {
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub staff_id: Uuid,
    /// Where to go afterwards.
    #[diesel(sql_type = Text)]
    pub next: String,
}

/// Remembers that the password was right; gives the cookie by which the browser is known again.
pub async fn begin(desk: &Desk, account: &StaffRow, next: &str) -> Result<Cookie<'static>, Fault> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|e| Fault::internal(e.to_string()))?;
    let token = URL_SAFE_NO_PAD.encode(secret);
    let now = desk.clock.now();
    let next = if next.len() > LONGEST_NEXT { "" } else { next };
    let mut conn = desk.db.conn().await?;
    insert(&mut conn, &token, account, next, now).await?;
    Ok(bake(token, CookieDuration::seconds(LIVES.num_seconds())))
}

async fn insert(
    conn: &mut Conn,
    token: &str,
    account: &StaffRow,
    next: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM staff_pending WHERE expires_at <= $1")
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    diesel::sql_query(
        "INSERT INTO staff_pending (token_hash, staff_id, password, next, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<Binary, _>(digest(token))
    .bind::<SqlUuid, _>(account.id)
    .bind::<Binary, _>(password_of(account))
    .bind::<Text, _>(next)
    .bind::<Timestamptz, _>(now + LIVES)
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
    Ok(diesel::sql_query(
        "SELECT staff_id, next FROM staff_pending WHERE token_hash = $1 AND expires_at > $2 AND tries < $3",
    )
    .bind::<Binary, _>(digest(token))
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(TRIES)
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
    Ok(diesel::sql_query(
        "UPDATE staff_pending SET tries = tries + 1 WHERE token_hash = $1 AND expires_at > $2 AND tries < $3
         RETURNING staff_id, next",
    )
    .bind::<Binary, _>(digest(token))
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(TRIES)
    .get_result(conn)
    .await
    .optional()?)
}

/// Whether a sign-in began with the password that the account has now; it is over by this, and good for one session alone.
pub async fn end(conn: &mut Conn, token: &str, account: &StaffRow) -> Result<bool, DbError> {
    let ended = diesel::sql_query("DELETE FROM staff_pending WHERE token_hash = $1 AND password = $2")
        .bind::<Binary, _>(digest(token))
        .bind::<Binary, _>(password_of(account))
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

/// The cookie that takes it away.
pub fn removal_cookie() -> Cookie<'static> {
    bake(String::new(), CookieDuration::ZERO)
}

fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

fn password_of(account: &StaffRow) -> Vec<u8> {
    digest(account.password_hash.as_deref().unwrap_or_default())
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
