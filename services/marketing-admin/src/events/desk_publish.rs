//! `/admin/events/{id}/publish`: a page that says what will happen, and the button that does it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsPublish};
use web::{CsrfForm, Fault, Locale, redirect};

use crate::Desk;
use crate::events::publish::publish;
use crate::events::store::{self, Event, Which};
use crate::identity::Member;
use crate::views::{self, NoFields, Room};

#[derive(Template)]
#[template(path = "events/publish.html")]
struct PublishPage {
    shell: Shell,
    style: String,
    id: String,
    title: String,
    when: String,
    types: Vec<TypeLine>,
    address: String,
    csrf: String,
}

struct TypeLine {
    name: String,
    price: String,
    capacity: String,
}

/// Asks once more, with what guests will see.
pub async fn confirm(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let event = store::find(&mut conn, Which::Id(*event)).await?.ok_or_else(Fault::not_found)?;
    if event.row.status != "draft" {
        return Ok(redirect::see_other(&format!("/admin/events/{}", event.row.id)));
    }
    let title = ui::text(locale.0, "admin-publish-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Events, &title);
    views::private(StatusCode::OK, &page(&desk, event, shell, member.csrf_token()))
}

fn page(desk: &Desk, event: Event, shell: Shell, csrf: &str) -> PublishPage {
    let (row, lang) = (event.row, shell.lang);
    let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
    let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
    let types = event.ticket_types.into_iter().map(|each| TypeLine {
        price: format::money(lang, Money::new(each.price_minor, currency)),
        capacity: format::count(lang, each.capacity.max(0).unsigned_abs()),
        name: each.name,
    });
    PublishPage {
        style: crate::assets::url("admin.css"),
        id: row.id.to_string(),
        when: format!(
            "{} · {}",
            format::calendar_date(lang, BusinessNight::of(row.starts_at, zone).date()),
            format::night(lang, row.starts_at, row.ends_at, zone)
        ),
        types: types.collect(),
        address: format!("{}/events/{}", desk.links.marketing, row.slug),
        csrf: csrf.to_owned(),
        title: row.title,
        shell,
    }
}

/// Does it, and says so on the event's page.
pub async fn submit(
    desk: Data<Desk>,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let event = publish(&desk, &member.actor(), *event).await?;
    Ok(redirect::see_other(&format!("/admin/events/{}?done=published", event.row.id)))
}
