//! `/account/data`: a file with everything that the club holds about a guest (GDPR, articles 15 and 20).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use futures::StreamExt;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use web::{Fault, Guest, Locale, redirect};

use super::export::{self, Wanted};
use crate::identity::activity;
use crate::identity::visit::Visit;
use crate::{Desk, views};

/// Where they prove who they are, and come back from.
const PROVE: &str = "/account/confirm?next=/account/data";

#[derive(Template)]
#[template(path = "mine/data.html")]
struct DataPage {
    shell: Shell,
    /// Whether the ticket site did not answer.
    away: bool,
}

/// The page. Whoever signed in a while ago proves first who they are: the file tells a thief of a phone more than the phone does.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
) -> Result<HttpResponse, Fault> {
    let id = super::key_of(&guest);
    desk.db.transaction(async |conn| super::me(conn, id).await).await?;
    if guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    render(&desk, &request, locale, false)
}

/// Which file.
#[derive(Debug, Deserialize)]
pub struct Which {
    /// Not empty: without what the ticket site holds, if it does not answer.
    #[serde(default)]
    without_tickets: String,
}

/// `/account/data/file.json`. A link, for a form would wait for a page that never comes. While the ticket site is away the page says so, and offers the rest.
pub async fn download(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    guest: Guest,
    which: Query<Which>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let id = super::key_of(&guest);
    let account = desk.db.transaction(async |conn| super::me(conn, id).await).await?;
    if guest.proved(now).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    let wanted = Wanted { account: account.id, email: account.email, language: locale.0 };
    let tickets = match export::tickets(&desk, &wanted).await {
        Ok(held) => held,
        Err(error) => {
            tracing::warn!(%error, "the ticket site does not say what it holds about a guest");
            if which.without_tickets.is_empty() {
                return render(&desk, &request, locale, true);
            }
            json!({"missing": ui::text(locale.0, "account-data-missing", &[])})
        }
    };
    // The door holds little, and nobody waits for it: the file says what it lacks.
    let door = match export::door(&desk, &tickets).await {
        Ok(held) => held,
        Err(error) => {
            tracing::warn!(%error, "the door does not say what it holds about a guest");
            json!({"missing": ui::text(locale.0, "door-guests-missing", &[])})
        }
    };
    let complete = tickets.get("missing").is_none();
    desk.db
        .transaction(async |conn| {
            let detail = json!({"with_tickets": complete, "with_door": door.get("missing").is_none()});
            activity::note(conn, wanted.account, "data_exported", detail, &visit, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    let name = format!("attachment; filename=\"maguey-{}.json\"", now.format("%Y-%m-%d"));
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/json; charset=utf-8")
        .streaming(export::file(desk.clone(), wanted, now, (tickets, door)).boxed_local()))
}

fn render(desk: &Desk, request: &HttpRequest, locale: Locale, away: bool) -> Result<HttpResponse, Fault> {
    let shell = super::shell(desk, request, locale, "account-data");
    let status = if away { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
    views::private(status, &DataPage { shell, away })
}
