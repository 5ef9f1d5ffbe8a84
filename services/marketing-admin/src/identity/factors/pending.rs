//! Between the first proof and the second factor, of guests and of the staff: a row with the SHA-256 of a token that the browser holds,
//! good for ten minutes and five tries, at one of the two sign-ins, and only as long as the password stays what it was.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Binary, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::identity::secret::{self, hash};
use crate::identity::session::Proof;

/// Time to find the phone and open the app.
const LIVES: TimeDelta = TimeDelta::minutes(10);
/// Codes per sign-in; after them the first proof is asked for again.
const TRIES: i16 = 5;
/// Nobody is led to a longer address than the column holds.
const LONGEST_NEXT: usize = 2000;

/// The password that an account has now, as far as a row needs to know it.
const PASSWORD: &str = "sha256(convert_to(coalesce(a.password_hash, ''), 'UTF8'))";

/// Whose sign-in. What was begun at one is nothing at the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The guests'.
    Guests,
    /// The staff's.
    Staff,
}

impl Side {
    /// In the table.
    const fn code(self) -> &'static str {
        match self {
            Self::Guests => "guests",
            Self::Staff => "staff",
        }
    }

    /// The cookie of a sign-in under way: this host only, unreadable for scripts.
    const fn cookie(self) -> &'static str {
        match self {
            Self::Guests => "__Host-maguey_pending",
            Self::Staff => "__Host-maguey_staff_pending",
        }
    }

    /// The token of the request's cookie.
    pub fn token(self, request: &HttpRequest) -> Option<String> {
        let token = request.cookie(self.cookie())?.value().to_owned();
        Some(token).filter(|token| !token.is_empty() && token.len() <= 64)
    }

    /// The cookie that takes it away.
    pub fn removal_cookie(self) -> Cookie<'static> {
        secret::cookie(self.cookie(), String::new(), TimeDelta::zero())
    }
}

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
        Proof::from_code(&self.proof).unwrap_or(Proof::Password)
    }
}

/// Remembers that a first proof was good; gives the cookie by which the browser is known again.
pub async fn begin(
    conn: &mut Conn,
    side: Side,
    (account, proof): (Uuid, Proof),
    next: &str,
    now: DateTime<Utc>,
) -> Result<Cookie<'static>, DbError> {
    let token = secret::random();
    let next = if next.len() > LONGEST_NEXT { "" } else { next };
    diesel::sql_query("DELETE FROM pending_sign_ins WHERE expires_at <= $1")
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    diesel::sql_query(format!(
        "INSERT INTO pending_sign_ins (token_hash, side, account_id, password, proof, next, made_at, expires_at)
         SELECT $1, $7, a.id, {PASSWORD}, $3, $4, $5, $6 FROM accounts a WHERE a.id = $2"
    ))
    .bind::<Binary, _>(hash(&token))
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(proof.code())
    .bind::<Text, _>(next)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + LIVES)
    .bind::<Text, _>(side.code())
    .kept()
    .execute(conn)
    .await?;
    Ok(secret::cookie(side.cookie(), token, LIVES))
}

/// The sign-in of a token; none if it is over.
pub async fn find(
    conn: &mut Conn,
    side: Side,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Pending>, DbError> {
    Ok(diesel::sql_query(format!(
        "SELECT p.account_id, p.proof, p.next FROM pending_sign_ins p JOIN accounts a ON a.id = p.account_id
          WHERE p.token_hash = $1 AND p.side = $4 AND p.expires_at > $2 AND p.tries < $3 AND p.password = {PASSWORD}"
    ))
    .bind::<Binary, _>(hash(token))
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(TRIES)
    .bind::<Text, _>(side.code())
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// The same, with a try counted before the code is looked at: many at once are many.
pub async fn take_a_try(
    conn: &mut Conn,
    side: Side,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Pending>, DbError> {
    Ok(diesel::sql_query(format!(
        "UPDATE pending_sign_ins p SET tries = p.tries + 1 FROM accounts a
          WHERE a.id = p.account_id AND p.token_hash = $1 AND p.side = $4 AND p.expires_at > $2 AND p.tries < $3
            AND p.password = {PASSWORD}
         RETURNING p.account_id, p.proof, p.next"
    ))
    .bind::<Binary, _>(hash(token))
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(TRIES)
    .bind::<Text, _>(side.code())
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// Ends it: it is good for one session alone. Whether it was still there, and its password still the account's.
pub async fn end(conn: &mut Conn, side: Side, token: &str) -> Result<bool, DbError> {
    let ended = diesel::sql_query(format!(
        "DELETE FROM pending_sign_ins p USING accounts a
          WHERE a.id = p.account_id AND p.token_hash = $1 AND p.side = $2 AND p.password = {PASSWORD}"
    ))
    .bind::<Binary, _>(hash(token))
    .bind::<Text, _>(side.code())
    .kept()
    .execute(conn)
    .await?;
    Ok(ended == 1)
}

/// All that are under way of an account at one of the sign-ins are over.
pub async fn end_of(conn: &mut Conn, side: Side, account: Uuid) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM pending_sign_ins WHERE account_id = $1 AND side = $2")
        .bind::<SqlUuid, _>(account)
        .bind::<Text, _>(side.code())
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}
