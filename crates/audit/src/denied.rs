//! Refused attempts.

use db::{Db, DbError};
use serde_json::json;
use uuid::Uuid;
use web::{Context, Denials};

use crate::{Actor, record};

/// A longer path is cut: an index holds it.
const LONGEST_TARGET: usize = 500;

/// Writes an `access.denied` row for each refused attempt; for [`web::App::denials`].
#[derive(Debug, Clone)]
pub struct Denied {
    db: Db,
    context: Context,
}

impl Denied {
    /// Into this service's schema.
    pub fn new(db: &Db, context: &Context) -> Self {
        Self { db: db.clone(), context: context.clone() }
    }

    async fn write(&self, denied: &web::Denied) -> Result<(), DbError> {
        let actor =
            Actor { staff: denied.staff.map(Uuid::from), ..Actor::named(&denied.actor, &denied.request) };
        let detail = json!({"method": denied.method, "permission": denied.permission});
        let target: String = denied.path.chars().take(LONGEST_TARGET).collect();
        let mut conn = self.db.conn().await?;
        record(&mut conn, &actor, "access.denied", &target, detail, self.context.clock.now()).await
    }
}

impl Denials for Denied {
    fn note(&self, denied: web::Denied) {
        let log = self.clone();
        self.context.spawn(async move {
            if let Err(error) = log.write(&denied).await {
                tracing::error!(%error, ?denied, "a refused attempt could not be written into the audit log");
            }
        });
    }
}
