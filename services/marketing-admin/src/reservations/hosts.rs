//! Who of the staff may look after a table. A host is a name: whoever has no account is written in by hand.

use db::{Conn, DbError};
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::permission::Permission;
use uuid::Uuid;

use crate::staff::roles;

#[derive(diesel::QueryableByName)]
struct Somebody {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    role: String,
}

/// The names of those who run tables on this night, each once, in their order.
pub(super) async fn of_night(conn: &mut Conn, event: Uuid) -> Result<Vec<String>, DbError> {
    let staff: Vec<Somebody> = diesel::sql_query(
        "SELECT m.name, m.role FROM members m
          WHERE m.disabled_at IS NULL AND m.email IS NOT NULL AND m.name <> ''
            AND (NOT EXISTS (SELECT FROM staff_nights n WHERE n.staff_id = m.id)
                 OR EXISTS (SELECT FROM staff_nights n WHERE n.staff_id = m.id AND n.event_id = $1))
          ORDER BY m.role, m.name",
    )
    .bind::<SqlUuid, _>(event)
    .load(&mut *conn)
    .await?;
    let mut names = Vec::new();
    // By role they come: each role is looked up once.
    for same in staff.chunk_by(|one, next| one.role == next.role) {
        let Some(one) = same.first() else { continue };
        let can = roles::store::permissions_of(conn, &one.role).await?;
        if can.is_some_and(|can| can.holds(Permission::ReservationsRun)) {
            names.extend(same.iter().map(|each| each.name.clone()));
        }
    }
    names.sort_by_cached_key(|name| (name.to_lowercase(), name.clone()));
    names.dedup();
    Ok(names)
}
