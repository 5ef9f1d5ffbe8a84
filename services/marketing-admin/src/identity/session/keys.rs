//! The keys that sign guests' tokens. They are made here, sealed in a table, and changed by age or by the owner; the sites know their
//! public halves. A new key is told of before it signs; an old one is believed until its last token is over.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{Bytea, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use web::{Fault, GuestKeys, GuestSigner, ServiceCaller, callers, guest_token};

use crate::Desk;
use crate::identity::sealed::Sealer;

/// A key signs for so long; then the next one does.
const AGE: TimeDelta = TimeDelta::days(90);
/// Between being told of and signing: longer than the sites wait before they ask again.
const NOTICE: TimeDelta = TimeDelta::minutes(3);
/// How often the table is looked at.
const EVERY: Duration = Duration::from_secs(60);

/// What signs and verifies guests' tokens here.
#[derive(Debug, Clone)]
pub struct Guests {
    /// The public halves.
    pub keys: GuestKeys,
    /// The domain that the token's cookie is for: the club's site and what lies below it.
    pub domain: String,
    signer: Arc<RwLock<Option<GuestSigner>>>,
}

impl Guests {
    /// For the club's site at this address; its keys are read when they are first needed.
    pub fn at(marketing: &str) -> Self {
        let host = marketing.split("//").nth(1).unwrap_or(marketing);
        let domain = host.split(['/', ':']).next().unwrap_or_default().to_owned();
        Self { keys: GuestKeys::default(), domain, signer: Arc::default() }
    }

    /// What signs now; read or made if this process has none yet.
    pub async fn signer(&self, desk: &Desk) -> Result<GuestSigner, Fault> {
        if let Some(signer) = self.signer.read().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(signer);
        }
        self.read(desk).await?;
        let signer = self.signer.read().unwrap_or_else(PoisonError::into_inner).clone();
        signer.ok_or_else(Fault::unavailable)
    }

    /// Reads the keys, makes one where there is none or the newest is old, and forgets those that are over.
    pub async fn read(&self, desk: &Desk) -> Result<(), Fault> {
        let now = desk.clock.now();
        let rows = desk
            .db
            .transaction(async |conn| {
                let rows = good(conn).await?;
                if rows.as_slice().first().is_some_and(|newest| now - newest.made_at < AGE) {
                    return Ok::<_, Fault>(rows);
                }
                lock(conn).await?;
                let rows = good(conn).await?;
                if rows.as_slice().first().is_none_or(|newest| now - newest.made_at >= AGE) {
                    make(conn, &desk.sealer, now).await?;
                }
                retire_old(conn, now).await?;
                Ok(good(conn).await?)
            })
            .await?;
        self.take_over(&rows, &desk.sealer, now)
    }

    fn take_over(&self, rows: &[KeyRow], sealer: &Sealer, now: DateTime<Utc>) -> Result<(), Fault> {
        let mut keys = Vec::new();
        for row in rows {
            keys.push((row.kid.clone(), opened(sealer, row)?, row.made_at));
        }
        self.keys.replace(keys.iter().map(|(kid, key, _)| (kid.clone(), key.verifying_key())));
        // The newest that everybody has had the time to hear of; the very first signs at once.
        let signs = keys.iter().find(|(_, _, made)| now - *made >= NOTICE).or_else(|| keys.as_slice().last());
        let signer = signs.map(|(kid, key, _)| GuestSigner::new(kid, key));
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = signer;
        if let Some((_, _, made)) = keys.as_slice().first() {
            age_gauge().record((now - *made).num_seconds().max(0).cast_unsigned(), &[]);
        }
        Ok(())
    }
}

fn age_gauge() -> opentelemetry::metrics::Gauge<u64> {
    opentelemetry::global::meter("marketing-admin")
        .u64_gauge("maguey_guest_key_age_seconds")
        .with_description("Age of the newest key that signs guests' tokens.")
        .build()
}

/// Keeps the keys fresh until the service stops.
pub async fn keep(desk: Data<Desk>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = desk.guests.read(&desk).await {
            tracing::warn!(%error, "guests' keys could not be read; those known stay good");
        }
    }
}

/// A key, as stored.
#[derive(Debug, Clone, QueryableByName)]
pub struct KeyRow {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub kid: String,
    /// Its seed, sealed.
    #[diesel(sql_type = Bytea)]
    pub seed_sealed: Vec<u8>,
    /// Since when it is.
    #[diesel(sql_type = Timestamptz)]
    pub made_at: DateTime<Utc>,
    /// Since when it is believed no more.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub retired_at: Option<DateTime<Utc>>,
}

/// The keys that are believed, the newest first.
async fn good(conn: &mut Conn) -> Result<Vec<KeyRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT kid, seed_sealed, made_at, retired_at FROM guest_keys WHERE retired_at IS NULL ORDER BY made_at DESC, kid DESC",
    )
    .load(conn)
    .await?)
}

/// All keys there were, the newest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<KeyRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT kid, seed_sealed, made_at, retired_at FROM guest_keys ORDER BY made_at DESC, kid DESC LIMIT 50",
    )
    .load(conn)
    .await?)
}

/// One process at a time changes the keys.
pub async fn lock(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext('marketing_admin.guest_keys'))")
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes a key; gives its name.
pub async fn make(conn: &mut Conn, sealer: &Sealer, now: DateTime<Utc>) -> Result<String, Fault> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|error| Fault::internal(error.to_string()))?;
    let kid = format!("g{}-{}", now.format("%Y%m%d"), hex::encode(&uuid::Uuid::new_v4().as_bytes()[..4]));
    let sealed = sealer.seal(&about(&kid), &seed);
    diesel::sql_query("INSERT INTO guest_keys (kid, seed_sealed, made_at) VALUES ($1, $2, $3)")
        .bind::<Text, _>(&kid)
        .bind::<Bytea, _>(sealed)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(kid)
}

/// Retires a key; whether it was believed until now.
pub async fn retire(conn: &mut Conn, kid: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let retired =
        diesel::sql_query("UPDATE guest_keys SET retired_at = $2 WHERE kid = $1 AND retired_at IS NULL")
            .bind::<Text, _>(kid)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await?;
    Ok(retired == 1)
}

/// Retires keys whose last token is over: a newer one has signed for longer than a token lives.
async fn retire_old(conn: &mut Conn, now: DateTime<Utc>) -> Result<(), DbError> {
    let before = now - NOTICE - guest_token::LIFETIME - TimeDelta::minutes(1);
    diesel::sql_query(
        "UPDATE guest_keys k SET retired_at = $2 WHERE retired_at IS NULL
            AND EXISTS (SELECT FROM guest_keys newer WHERE newer.made_at > k.made_at AND newer.made_at < $1
                           AND newer.retired_at IS NULL)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

fn opened(sealer: &Sealer, row: &KeyRow) -> Result<SigningKey, Fault> {
    let seed = sealer
        .open(&about(&row.kid), &row.seed_sealed)
        .map_err(|error| Fault::internal(error.to_string()))?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| Fault::internal("a guests' key has not 32 bytes"))?;
    Ok(SigningKey::from_bytes(&seed))
}

fn about(kid: &str) -> String {
    format!("guest key {kid}")
}

/// The public halves as a JWK Set (RFC 7517, RFC 8037).
async fn set(desk: &Desk) -> Result<Value, Fault> {
    let rows = good(&mut *desk.db.conn().await?).await?;
    let mut keys = Vec::new();
    for row in &rows {
        let x = URL_SAFE_NO_PAD.encode(opened(&desk.sealer, row)?.verifying_key().as_bytes());
        keys.push(
            json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": row.kid, "x": x}),
        );
    }
    Ok(json!({ "keys": keys }))
}

/// `GET /.well-known/jwks.json`: for whoever wants to verify a guest's token.
pub async fn well_known(desk: Data<Desk>) -> Result<HttpResponse, Fault> {
    let set = set(&desk).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=60")).json(set))
}

/// `GET /internal/v1/guest-keys`: the same for the ticket site.
pub async fn internal(desk: Data<Desk>, _: ServiceCaller<callers::Purchase>) -> Result<HttpResponse, Fault> {
    if set(&desk).await?["keys"].as_array().is_none_or(Vec::is_empty) {
        desk.guests.read(&desk).await?;
    }
    Ok(HttpResponse::Ok().json(set(&desk).await?))
}
