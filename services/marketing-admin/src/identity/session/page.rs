//! `/account/sessions`: where a guest is signed in, and the way to end it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;
use ui::{Shell, Site, format};
use uuid::Uuid;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::{end, store};
use crate::identity::account::tell;
use crate::identity::mine::device;
use crate::identity::visit::Visit;
use crate::identity::{activity, mine};
use crate::views::NoFields;
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "sessions/list.html")]
struct SessionsPage {
    shell: Shell,
    csrf: String,
    lines: Vec<Line>,
    others: bool,
}

struct Line {
    id: String,
    here: bool,
    device: String,
    address: String,
    since: String,
    seen: String,
    proof: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
) -> Result<HttpResponse, Fault> {
    let (account, now) = (guest.account.uuid(), desk.clock.now());
    let (open, zone) = desk
        .db
        .transaction(async |conn| {
            mine::only(conn, account).await?;
            let open = store::open_of(conn, account, now).await?;
            Ok::<_, Fault>((open, mine::zone(conn).await))
        })
        .await?;
    let title = ui::text(locale.0, "sessions-title", &[]);
    let shell =
        Shell::new(Site::Marketing, locale.0, title, &desk.links).at(&views::address(&request)).unlisted();
    let lines: Vec<Line> = open
        .into_iter()
        .map(|one| Line {
            here: one.id == guest.session.uuid(),
            id: one.id.to_string(),
            device: device::words(shell.lang, &one.agent),
            address: one.address,
            since: format::date_time(shell.lang, one.created_at, zone),
            seen: format::date_time(shell.lang, one.seen_at, zone),
            proof: shell.t(&format!("sessions-proof-{}", one.proof)),
        })
        .collect();
    let others = lines.iter().any(|line| !line.here);
    views::private(
        StatusCode::OK,
        &SessionsPage { csrf: guest.csrf_token().to_owned(), lines, others, shell },
    )
}

/// Ends one of them.
pub async fn end_one(
    desk: Data<Desk>,
    visit: Visit,
    session: Path<Uuid>,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            if !store::end_one(conn, account, *session, "ended_by_guest", now).await? {
                return Err(Fault::not_found());
            }
            activity::note(conn, account, "session_ended", json!({"why": "ended_by_guest"}), &visit, now)
                .await?;
            tell::changed(conn, account, now).await?;
            Ok(())
        })
        .await?;
    Ok(redirect::see_other("/account/sessions"))
}

/// Ends all but this one.
pub async fn end_others(
    desk: Data<Desk>,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    let here = sent.guest.session.uuid();
    desk.db
        .transaction(async |conn| {
            let ended = end::all(conn, account, Some(here), "ended_by_guest", now).await?;
            if ended > 0 {
                let detail = json!({"why": "ended_by_guest", "sessions": ended});
                activity::note(conn, account, "session_ended", detail, &visit, now).await?;
                tell::changed(conn, account, now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other("/account/sessions"))
}
