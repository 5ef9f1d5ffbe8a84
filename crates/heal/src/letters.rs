//! Dead letters for the desk and the operator: what is dead here, and having it tried again. What a letter says stays
//! where it is.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use bus::dead_letters::{self, DeadLetter};
use chrono::{DateTime, Utc};
use db::{Db, DbError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{Fault, RequestId, ServiceCaller, callers};

use crate::Operated;

/// Letters in one answer.
const MOST: i64 = 200;

/// What is dead in a service.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Letters {
    /// How many there are.
    pub open: i64,
    /// The newest of them, 200 at most.
    pub letters: Vec<DeadLetter>,
}

/// How many letters will be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// So many.
    pub asked: usize,
}

/// Which letters of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one of this number.
    One(i64),
    /// All that are dead.
    All,
}

/// Reads what is dead.
pub async fn read(db: &Db) -> Result<Letters, DbError> {
    let mut conn = db.conn().await?;
    Ok(Letters {
        open: dead_letters::open(&mut conn).await?,
        letters: dead_letters::list(&mut conn, MOST).await?,
    })
}

/// Has letters tried again by the consumer that gave up, with one audit row if there are any. It does so within a second
/// or two of its being alive; the list says whether it succeeded.
pub async fn try_again(db: &Db, actor: &Actor, which: Which, now: DateTime<Utc>) -> Result<Asked, DbError> {
    db.transaction(async |conn| {
        let (asked, target) = match which {
            Which::One(id) => (usize::from(dead_letters::replay(conn, id, now).await?), id.to_string()),
            Which::All => (dead_letters::replay_all(conn, now).await?, "all".to_owned()),
        };
        if asked > 0 {
            let detail = json!({"asked": asked});
            audit::record(conn, actor, "dead_letter.replayed", &target, detail, now).await?;
        }
        Ok::<_, DbError>(Asked { asked })
    })
    .await
}

/// `GET /internal/v1/dead-letters`.
pub async fn list<S: Operated>(
    service: Data<S>,
    _: ServiceCaller<callers::Desk>,
) -> Result<Json<Letters>, Fault> {
    Ok(Json(read(service.db()).await?))
}

/// `POST /internal/v1/dead-letters/{letter}/replay`: 404 if there is no such letter or it is dead no more.
pub async fn replay<S: Operated>(
    service: Data<S>,
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    letter: Path<i64>,
) -> Result<Json<Asked>, Fault> {
    let actor = Actor::caller(&caller, &request);
    let asked = try_again(service.db(), &actor, Which::One(*letter), service.clock().now()).await?;
    if asked.asked == 0 { Err(Fault::not_found()) } else { Ok(Json(asked)) }
}

/// `POST /internal/v1/dead-letters/replay`: all of them.
pub async fn replay_all<S: Operated>(
    service: Data<S>,
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
) -> Result<Json<Asked>, Fault> {
    let actor = Actor::caller(&caller, &request);
    Ok(Json(try_again(service.db(), &actor, Which::All, service.clock().now()).await?))
}
