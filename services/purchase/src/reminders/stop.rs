//! `GET /reminders/{id}?key=…` and `POST /reminders/{id}/stop?key=…`: no more reminders to the address. The link asks once more:
//! mail programs open what they find.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use domain::ids::ReminderId;
use serde::Deserialize;
use ui::{Shell, Site, text};
use web::redirect::see_other;
use web::{Fault, Html, Locale};

use super::store;
use crate::Shop;
use crate::orders::private;

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct StopQuery {
    #[serde(default)]
    key: String,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "reminders/stop.html")]
struct StopPage {
    shell: Shell,
    action: String,
    stopped: bool,
}

/// Asks whether it is meant, or says that it is done.
pub async fn show(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<StopQuery>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let id = open(&shop, &id, &query.key)?;
    let stopped = query.done == "stopped";
    let title = if stopped { "guests-reminder-stopped" } else { "guests-reminder-stop-title" };
    let shell = Shell::new(Site::Tickets, locale.0, text(locale.0, title, &[]), &shop.site)
        .at(crate::path_of(&request))
        .unlisted();
    let action = format!("/reminders/{id}/stop?key={}", shop.reminder_links.key(id));
    Ok(private(Html(StopPage { shell, action, stopped }).respond_to(&request)))
}

/// Ends them. The same call again changes nothing.
pub async fn stop(
    shop: Data<Shop>,
    id: Path<String>,
    query: Query<StopQuery>,
) -> Result<HttpResponse, Fault> {
    let id = open(&shop, &id, &query.key)?;
    store::stop(&mut *shop.db.conn().await?, id).await?;
    Ok(private(see_other(&format!("/reminders/{id}?key={}&done=stopped", shop.reminder_links.key(id)))))
}

fn open(shop: &Shop, id: &str, key: &str) -> Result<ReminderId, Fault> {
    let id: ReminderId = id.parse().map_err(|_| Fault::not_found())?;
    if shop.reminder_links.opens(id, key) { Ok(id) } else { Err(Fault::not_found()) }
}
