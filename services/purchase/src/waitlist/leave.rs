//! `POST /waitlist/{id}/leave?key=…`: a guest leaves the line, or gives up an offer, whose places go on to the next.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use db::DbError;
use domain::ids::WaitlistId;
use web::Fault;
use web::redirect::see_other;

use super::offers::moved;
use super::page::{self, EntryQuery};
use super::store;
use crate::{Shop, inventory};

/// Leaves, and shows the page again. The same call again changes nothing.
pub async fn leave(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<EntryQuery>,
) -> Result<HttpResponse, Fault> {
    let entry = page::open(&shop, &id, &query.key).await?;
    let now = shop.clock.now();
    let key = entry.key();
    // What stands in line may be made an offer, and what is offered may lapse, while we look.
    let left = shop
        .db
        .transaction(async |conn| {
            if store::leave(conn, key, "waiting", now).await?.is_some() {
                return Ok(true);
            }
            give_up(conn, key, now).await
        })
        .await?;
    if left {
        shop.metrics.line_left();
    }
    Ok(see_other(&shop.line_links.path(key)))
}

/// Gives the places of an open offer back. `false`: there is none.
async fn give_up(
    conn: &mut db::Conn,
    key: WaitlistId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<bool, DbError> {
    let Some(entry) = store::find(conn, key).await?.filter(|entry| entry.state == "offered") else {
        return Ok(false);
    };
    // The stock rows first, as in every path that touches them. The club may move the type to another limit
    // meanwhile: what is given back is what the row says then.
    inventory::store::lock(conn, entry.stock_ids.clone()).await?;
    let Some(given) = store::leave(conn, key, "offered", now).await? else { return Ok(false) };
    inventory::store::hold_for_line(conn, &moved(&[given], -1)).await?;
    Ok(true)
}
