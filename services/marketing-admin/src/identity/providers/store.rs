//! SQL of identities and of trips to providers.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Provider;
use super::profile::Profile;

/// Somebody on their way to a provider.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Trip {
    #[diesel(sql_type = Bytea)]
    pub state_hash: Vec<u8>,
    #[diesel(sql_type = Text)]
    pub provider: String,
    #[diesel(sql_type = Text)]
    pub nonce: String,
    #[diesel(sql_type = Text)]
    pub pkce_verifier: String,
    #[diesel(sql_type = Text)]
    pub next: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub account_id: Option<Uuid>,
}

/// Writes a trip down.
pub async fn set_out(
    conn: &mut Conn,
    trip: &Trip,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO provider_trips (state_hash, provider, nonce, pkce_verifier, next, account_id, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<Bytea, _>(&trip.state_hash)
    .bind::<Text, _>(&trip.provider)
    .bind::<Text, _>(&trip.nonce)
    .bind::<Text, _>(&trip.pkce_verifier)
    .bind::<Text, _>(&trip.next)
    .bind::<Nullable<SqlUuid>, _>(trip.account_id)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a trip: of several who come back with the same state, one gets it.
pub async fn come_back(
    conn: &mut Conn,
    state_hash: &[u8],
    provider: Provider,
    now: DateTime<Utc>,
) -> Result<Option<Trip>, DbError> {
    Ok(diesel::sql_query(
        "DELETE FROM provider_trips WHERE state_hash = $1 AND provider = $2 AND expires_at > $3
         RETURNING state_hash, provider, nonce, pkce_verifier, next, account_id",
    )
    .bind::<Bytea, _>(state_hash)
    .bind::<Text, _>(provider.code())
    .bind::<Timestamptz, _>(now)
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// Forgets the trips that were over before an instant.
pub async fn clear(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM provider_trips WHERE expires_at < $1")
        .bind::<Timestamptz, _>(before)
        .kept()
        .execute(conn)
        .await?)
}

#[derive(QueryableByName)]
struct Owner {
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
}

/// Whose account an identity leads to.
pub async fn owner(conn: &mut Conn, provider: Provider, subject: &str) -> Result<Option<Uuid>, DbError> {
    let found: Option<Owner> =
        diesel::sql_query("SELECT account_id FROM identities WHERE provider = $1 AND subject = $2")
            .bind::<Text, _>(provider.code())
            .bind::<Text, _>(subject)
            .kept()
            .get_result(conn)
            .await
            .optional()?;
    Ok(found.map(|owner| owner.account_id))
}

/// Links an identity to an account; `false` if it is linked already, to whomever.
pub async fn link(
    conn: &mut Conn,
    provider: Provider,
    profile: &Profile,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let made = diesel::sql_query(
        "INSERT INTO identities (provider, subject, account_id, email, name, linked_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind::<Text, _>(provider.code())
    .bind::<Text, _>(&profile.subject)
    .bind::<SqlUuid, _>(account)
    .bind::<Nullable<Text>, _>(&profile.email)
    .bind::<Text, _>(&profile.name)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(made == 1)
}

/// Takes a provider from an account; gives how many identities there were.
pub async fn unlink(conn: &mut Conn, provider: Provider, account: Uuid) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM identities WHERE provider = $1 AND account_id = $2")
        .bind::<Text, _>(provider.code())
        .bind::<SqlUuid, _>(account)
        .kept()
        .execute(conn)
        .await?)
}

/// An identity of an account.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Linked {
    #[diesel(sql_type = Text)]
    pub provider: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
}

/// All identities of an account.
pub async fn of_account(conn: &mut Conn, account: Uuid) -> Result<Vec<Linked>, DbError> {
    Ok(diesel::sql_query(
        "SELECT provider, email FROM identities WHERE account_id = $1 ORDER BY provider, linked_at",
    )
    .bind::<SqlUuid, _>(account)
    .kept()
    .load(conn)
    .await?)
}
