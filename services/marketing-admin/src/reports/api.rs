//! `GET /api/v1/figures` and `GET /api/v1/figures/stream`: the dashboard's numbers, once and live.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use domain::language::Language;
use futures::{Stream, StreamExt, stream};
use tokio::sync::watch;
use web::can::FiguresRead;
use web::session::Claims;
use web::sse::{self, Message};
use web::{Fault, Locale, Problem};

use crate::Desk;
use crate::identity::{Member, store};
use crate::overdue::strip;
use crate::reports::dashboard::panel;
use crate::reports::figures::{self, Figures};

/// How often an open stream's session is looked at. Its expiry needs no looking.
const LOOK_EVERY: Duration = Duration::from_secs(30);

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
    let (over, line) = (over(desk.clone(), member.claims.clone()), strip::stream(desk.clone(), locale.0));
    let figures = stream::once(async { first }).chain(changed(changes)).filter_map(move |figures| {
        let message = message(&desk, &figures, locale.0);
        async move { message }
    });
    Ok(sse::stream(stream::select(figures.boxed_local(), line.boxed_local()).take_until(Box::pin(over))))
}

/// Waits until the session that opened the stream has expired or been ended. A database that is away for a moment
/// ends nothing; the expiry does not depend on it.
async fn over(desk: Data<Desk>, claims: Claims) {
    loop {
        let left = (claims.expires_at() - desk.clock.now()).to_std().unwrap_or_default();
        #[expect(
            clippy::disallowed_methods,
            reason = "the pause between two looks at the session; the stream's end drops it"
        )]
        tokio::time::sleep(left.min(LOOK_EVERY)).await;
        if claims.expires_at() <= desk.clock.now() {
            return;
        }
        let live = match desk.db.conn().await {
            Ok(mut conn) => store::is_live(&mut conn, claims.sid.uuid(), desk.clock.now()).await,
            Err(error) => Err(error),
        };
        match live {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::info!(%error, "could not ask whether a dashboard's session lives"),
        }
    }
}

fn changed(changes: watch::Receiver<Option<Arc<Figures>>>) -> impl Stream<Item = Arc<Figures>> {
    let next = |mut changes: watch::Receiver<Option<Arc<Figures>>>| async move {
        changes.changed().await.ok()?;
        let newest = changes.borrow_and_update().clone();
        Some((newest, changes))
    };
    stream::unfold(changes, next).filter_map(async |newest| newest)
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
