//! Links that are good once: what is mailed to somebody so that they prove an address, sign in or choose a new password.
//!
//! The token (256 random bits) is in the mail alone; the table has its SHA-256. A newer link of a kind ends the older one to the same
//! address. A link opens a page with a button: programs that look at mails follow links, and press no buttons.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Bytea, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::identity::secret::{hash, random};

/// How long a link is kept once it is over: long enough to look into a complaint.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new account.
    SignUp,
    /// Signing in.
    MagicLink,
    /// A new password.
    Reset,
    /// Another address.
    NewEmail,
    /// Working here.
    Invitation,
    /// The address that another provider named without having proven it.
    Identity,
}

impl Purpose {
    /// Its name in SQL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::MagicLink => "magic_link",
            Self::Reset => "reset",
            Self::NewEmail => "new_email",
            Self::Invitation => "invitation",
            Self::Identity => "identity",
        }
    }

    /// How long it is good. (OWASP: a reset at most half an hour.)
    pub const fn lives(self) -> TimeDelta {
        match self {
            Self::SignUp => TimeDelta::hours(24),
            Self::MagicLink => TimeDelta::minutes(15),
            Self::Invitation => TimeDelta::days(7),
            Self::Reset | Self::NewEmail | Self::Identity => TimeDelta::minutes(30),
        }
    }
}

/// A link that is good.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct Link {
    /// Key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whose, if they have an account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub account: Option<Uuid>,
    /// The address it was mailed to.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// What waits for it.
    #[diesel(sql_type = Jsonb)]
    pub payload: Value,
    /// Until when it is good.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// Makes a link; gives its token, which is nowhere else. An older open one of the same kind to the same address ends.
pub async fn make(
    conn: &mut Conn,
    purpose: Purpose,
    account: Option<Uuid>,
    email: &str,
    payload: Value,
    now: DateTime<Utc>,
) -> Result<String, DbError> {
    // Two at once: the second waits here for the first, and ends it.
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('links ' || $1 || ' ' || $2, 0))")
        .bind::<Text, _>(purpose.code())
        .bind::<Text, _>(email)
        .execute(conn)
        .await?;
    diesel::sql_query(
        "UPDATE links SET used_at = $3, payload = '{}' WHERE purpose = $1 AND email = $2 AND used_at IS NULL",
    )
    .bind::<Text, _>(purpose.code())
    .bind::<Text, _>(email)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    let token = random();
    diesel::sql_query(
        "INSERT INTO links (id, token_hash, purpose, account_id, email, payload, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Bytea, _>(hash(&token))
    .bind::<Text, _>(purpose.code())
    .bind::<Nullable<SqlUuid>, _>(account)
    .bind::<Text, _>(email)
    .bind::<Jsonb, _>(payload)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + purpose.lives())
    .execute(conn)
    .await?;
    Ok(token)
}

/// The link of this token, if it is good.
pub async fn look(
    conn: &mut Conn,
    purpose: Purpose,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Link>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, account_id AS account, email, payload, expires_at FROM links
          WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
    )
    .bind::<Bytea, _>(hash(token))
    .bind::<Text, _>(purpose.code())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

/// The same, and used for good: of several at once one gets it. What waited in it is gone from the table: a name, the hash of a
/// password, who somebody is elsewhere.
pub async fn take(
    conn: &mut Conn,
    purpose: Purpose,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Link>, DbError> {
    Ok(diesel::sql_query(
        "WITH good AS (
           SELECT id, payload FROM links
            WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 FOR UPDATE)
         UPDATE links SET used_at = $3, payload = '{}' FROM good WHERE links.id = good.id
         RETURNING links.id, account_id AS account, email, good.payload, expires_at",
    )
    .bind::<Bytea, _>(hash(token))
    .bind::<Text, _>(purpose.code())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

/// Every link of a kind that nobody has used or ended, those that are too old as well.
pub async fn unused(conn: &mut Conn, purpose: Purpose) -> Result<Vec<Link>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, account_id AS account, email, payload, expires_at FROM links
          WHERE purpose = $1 AND used_at IS NULL ORDER BY expires_at DESC, id",
    )
    .bind::<Text, _>(purpose.code())
    .load(conn)
    .await?)
}

/// Ends one of them; gives what it was, which the table has no more.
pub async fn end(
    conn: &mut Conn,
    purpose: Purpose,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Link>, DbError> {
    Ok(diesel::sql_query(
        "WITH open AS (SELECT id, payload FROM links WHERE id = $1 AND purpose = $2 AND used_at IS NULL FOR UPDATE)
         UPDATE links SET used_at = $3, payload = '{}' FROM open WHERE links.id = open.id
         RETURNING links.id, account_id AS account, email, open.payload, expires_at",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(purpose.code())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

/// Ends every open link of an account.
pub async fn end_of(conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE links SET used_at = $2, payload = '{}' WHERE account_id = $1 AND used_at IS NULL",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// Forgets what waited in links that nobody used in time; gives how many. An invitation that nobody answered keeps it until it is
/// cleared: it stands in the list of the staff, and can be sent again.
pub async fn empty(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE links SET payload = '{}'
          WHERE expires_at <= $1 AND payload <> '{}' AND (purpose <> 'invitation' OR used_at IS NOT NULL)",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// Forgets links that were over before an instant.
pub async fn clear(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM links WHERE expires_at < $1")
        .bind::<Timestamptz, _>(before)
        .execute(conn)
        .await?)
}
