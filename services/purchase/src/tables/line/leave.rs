//! `GET /table-waitlist/{id}?key=…` and `POST /table-waitlist/{id}/leave?key=…`: a guest no longer waits for a table. The link asks once
//! more: mail programs open what they find.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use serde::Deserialize;
use ui::{Shell, Site, text};
use uuid::Uuid;
use web::redirect::see_other;
use web::{Fault, Html, Locale};

use super::store;
use crate::Shop;
use crate::orders::private;

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct LeaveQuery {
    #[serde(default)]
    key: String,
}

#[derive(Template)]
#[template(path = "tables/leave.html")]
struct LeavePage {
    shell: Shell,
    action: String,
    waits: bool,
}

/// Asks whether it is meant, or says that it is done.
pub async fn show(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<LeaveQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let id = open(&shop, &id, &query.key)?;
    let waits = store::waits(&mut *shop.db.conn().await?, id).await?;
    let title = if waits { "table-waitlist-leave-title" } else { "table-waitlist-left" };
    let shell = Shell::new(Site::Tickets, locale.0, text(locale.0, title, &[]), &shop.site)
        .at(crate::path_of(&request))
        .unlisted();
    let action = format!("/table-waitlist/{id}/leave?key={}", shop.table_line_links.key(id));
    Ok(private(Html(LeavePage { shell, action, waits }).respond_to(&request)))
}

/// Leaves. The same call again changes nothing.
pub async fn leave(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<LeaveQuery>,
) -> Result<HttpResponse, Fault> {
    let id = open(&shop, &id, &query.key)?;
    store::leave(&mut *shop.db.conn().await?, id, shop.clock.now()).await?;
    Ok(private(see_other(&shop.table_line_links.path(id))))
}

fn open(shop: &Shop, id: &str, key: &str) -> Result<Uuid, Fault> {
    let id: Uuid = id.parse().map_err(|_| Fault::not_found())?;
    if shop.table_line_links.opens(id, key) { Ok(id) } else { Err(Fault::not_found()) }
}
