//! Names of the staff.

use std::collections::HashMap;

use db::{Conn, DbError};
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

#[derive(diesel::QueryableByName)]
struct Member {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Everybody who is or was of the staff.
pub(super) async fn names(conn: &mut Conn) -> Result<HashMap<Uuid, String>, DbError> {
    let members: Vec<Member> = diesel::sql_query("SELECT id, name FROM members").load(conn).await?;
    Ok(members.into_iter().map(|member| (member.id, member.name)).collect())
}
