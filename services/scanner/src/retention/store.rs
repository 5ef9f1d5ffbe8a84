//! All SQL on what the door goes by, and the turn of who erases.

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

use crate::schema::door_settings;

/// What the door goes by.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = door_settings)]
pub struct Settings {
    /// Whether photographs may be taken.
    pub photos_on: bool,
    /// What guests are asked before one, in English.
    pub consent_en: String,
    /// The same in Spanish.
    pub consent_es: String,
    /// Days for which a photograph is kept.
    pub photo_days: i16,
    /// Days for which a ban is kept after its end.
    pub ban_days: i16,
    /// Days for which an incident is kept.
    pub incident_days: i16,
    /// Minutes after which a phone without a network warns that it knows too little.
    pub data_age_minutes: i32,
}

/// The settings.
pub async fn settings(conn: &mut Conn) -> Result<Settings, DbError> {
    Ok(door_settings::table.select(Settings::as_select()).first(conn).await?)
}

/// The settings, locked until the transaction ends.
pub async fn settings_locked(conn: &mut Conn) -> Result<Settings, DbError> {
    Ok(door_settings::table.select(Settings::as_select()).for_update().first(conn).await?)
}

/// Changes the settings.
pub async fn set(conn: &mut Conn, settings: &Settings) -> Result<(), DbError> {
    diesel::update(door_settings::table).set(settings).execute(conn).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    mine: bool,
}

/// Whether no other replica erases in this moment; the turn ends with the transaction.
pub async fn my_turn(conn: &mut Conn) -> Result<bool, DbError> {
    let turn: Turn =
        diesel::sql_query("SELECT pg_try_advisory_xact_lock(hashtext('scanner.upkeep')) AS mine")
            .get_result(conn)
            .await?;
    Ok(turn.mine)
}
