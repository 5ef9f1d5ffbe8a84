//! `POST /admin/events/{id}/archive`: the button that puts a night away.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use uuid::Uuid;
use web::can::{Anything, EventsPublish};
use web::{CsrfForm, Fault, redirect};

use crate::Desk;
use crate::events::archive::archive;
use crate::staff::Member;
use crate::views::NoFields;

/// Does it, and says so on the night's page, which stays where it was.
pub async fn submit(
    desk: Data<Desk>,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let event = archive(&desk, &member.actor(), *event).await?;
    Ok(redirect::see_other(&format!("/admin/events/{}?done=archived", event.row.id)))
}
