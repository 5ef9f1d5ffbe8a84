//! Codes, and the phones that they enrol.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::devices::secret::Hash;

/// A code that was good, and is used up now.
#[derive(Debug, QueryableByName)]
pub struct Used {
    /// The invitation.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The phone's name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The gate it is bound to.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub gate_id: Option<Uuid>,
    /// That gate's name.
    #[diesel(sql_type = Nullable<Text>)]
    pub gate_name: Option<String>,
    /// Who made the code.
    #[diesel(sql_type = SqlUuid)]
    pub invited_by: Uuid,
}

/// Writes a code's hash.
pub async fn invite(
    conn: &mut Conn,
    invitation: &Used,
    code: &Hash,
    now: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> Result<(), DbError> {
    sql_query(
        "insert into device_invitations (id, name, gate_id, gate_name, code_hash, invited_by, invited_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(invitation.id)
    .bind::<Text, _>(&invitation.name)
    .bind::<Nullable<SqlUuid>, _>(invitation.gate_id)
    .bind::<Nullable<Text>, _>(&invitation.gate_name)
    .bind::<Binary, _>(&code[..])
    .bind::<SqlUuid, _>(invitation.invited_by)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(expires)
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a code up; none if it is unknown, used or too old. Of two phones with one code the second waits here for the first,
/// and then finds it used.
pub async fn use_code(conn: &mut Conn, code: &Hash, now: DateTime<Utc>) -> Result<Option<Used>, DbError> {
    Ok(sql_query(
        "update device_invitations set used_at = $2
         where code_hash = $1 and used_at is null and expires_at > $2
         returning id, name, gate_id, gate_name, invited_by",
    )
    .bind::<Binary, _>(&code[..])
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

/// Writes a phone.
pub async fn enrol(
    conn: &mut Conn,
    device: Uuid,
    name: &str,
    used: &Used,
    secret: &Hash,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sql_query(
        "insert into devices (id, invitation_id, name, gate_id, gate_name, secret_hash, enrolled_by, enrolled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<SqlUuid, _>(used.id)
    .bind::<Text, _>(name)
    .bind::<Nullable<SqlUuid>, _>(used.gate_id)
    .bind::<Nullable<Text>, _>(&used.gate_name)
    .bind::<Binary, _>(&secret[..])
    .bind::<SqlUuid, _>(used.invited_by)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
