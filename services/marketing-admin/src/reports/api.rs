//! `GET /api/v1/figures` and `GET /api/v1/figures/stream`: the dashboard's numbers, once and live.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use domain::language::Language;
use futures::{StreamExt, stream};
use web::can::FiguresRead;
use web::sse::{self, Message};
use web::{Fault, Locale, Problem};

use crate::Desk;
use crate::overdue::strip;
use crate::reports::dashboard::panel;
use crate::reports::figures::{self, Figures};
use crate::staff::Member;
use crate::staff::session::store;

/// The figures as they are.
#[utoipa::path(
    get, path = "/api/v1/figures", tag = "figures", security(("staff" = [])),
    responses((status = 200, body = Figures), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn show(desk: Data<Desk>, _member: Member<FiguresRead>) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    Ok(HttpResponse::Ok().json(figures::read(&mut conn, desk.clock.now()).await?))
}

/// The dashboard's panel as HTML, now and after each change (`event: figures`), and its line of what needs a person
/// (`event: overdue`), for as long as the session lives.
#[utoipa::path(
    get, path = "/api/v1/figures/stream", tag = "figures", security(("staff" = [])),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem))
)]
pub async fn stream(
    desk: Data<Desk>,
    member: Member<FiguresRead>,
    locale: Locale,
) -> Result<impl Responder, Fault> {
    // Subscribed before the first reading: a change in between comes after it, and none is missed.
    let changes = desk.live.subscribe();
    let mut conn = desk.db.conn().await?;
    let first = Arc::new(figures::read(&mut conn, desk.clock.now()).await?);
    let line = strip::stream(desk.clone(), locale.0);
    let over = sse::session_over(desk.clock.clone(), member.claims.clone(), {
        let desk = desk.clone();
        async move |claims| {
            store::is_live(&mut *desk.db.conn().await?, claims.sid.uuid(), desk.clock.now()).await
        }
    });
    let figures = stream::once(async { first }).chain(sse::changes(changes)).filter_map(move |figures| {
        let message = message(&desk, &figures, locale.0);
        async move { message }
    });
    Ok(sse::stream(stream::select(figures.boxed_local(), line.boxed_local()).take_until(Box::pin(over))))
}

fn message(desk: &Desk, figures: &Figures, lang: Language) -> Option<Message> {
    match panel(figures, lang, desk.clock.now(), &desk.links.scanner) {
        Ok(html) => Some(Message::text("figures", html)),
        Err(error) => {
            tracing::error!(%error, "the dashboard's panel could not be written");
            None
        }
    }
}
