//! `/admin/events/{id}/publish`: a page that says what will happen, and the button that does it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::money::{Currency, Money};
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsPublish};
use web::{CsrfForm, Fault, Locale, redirect};

use crate::Desk;
use crate::events::desk_night::{self, Night};
use crate::events::publish::publish;
use crate::events::store::Event;
use crate::staff::Member;
use crate::views::{self, NoFields};

#[derive(Template)]
#[template(path = "events/publish.html")]
struct PublishPage {
    shell: Shell,
    night: Night,
    types: Vec<TypeLine>,
    address: String,
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
    let event = desk_night::find(&desk, *event).await?;
    if event.row.status != "draft" {
        return Ok(redirect::see_other(&format!("/admin/events/{}", event.row.id)));
    }
    let shell = desk_night::shell(&desk, &request, locale, &member, "admin-publish-title");
    let night = Night::of(&event.row, locale.0, &member);
    views::private(StatusCode::OK, &page(&desk, event, shell, night))
}

fn page(desk: &Desk, event: Event, shell: Shell, night: Night) -> PublishPage {
    let (row, lang) = (event.row, shell.lang);
    let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
    let types = event.ticket_types.into_iter().map(|each| TypeLine {
        price: format::money(lang, Money::new(each.price_minor, currency)),
        capacity: format::count(lang, each.capacity.max(0).unsigned_abs()),
        name: each.name,
    });
    PublishPage {
        types: types.collect(),
        address: format!("{}/events/{}", desk.links.marketing, row.slug),
        night,
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
