//! `/account`: who somebody is here, and the way to everything of theirs.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use ui::Shell;
use web::{Fault, Guest, Locale};

use super::initials;
use crate::identity::avatar;
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "mine/overview.html")]
struct OverviewPage {
    shell: Shell,
    initials: String,
    /// Where their picture is.
    picture: Option<String>,
    name: String,
    /// The address, or the number of who has none.
    known_by: String,
    language: String,
    rooms: Vec<Room>,
}

/// A way on.
struct Room {
    href: String,
    icon: &'static str,
    title: String,
    line: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
) -> Result<HttpResponse, Fault> {
    let id = super::key_of(&guest);
    let (account, picture) = desk
        .db
        .transaction(async |conn| {
            let account = super::me(conn, id).await?;
            let picture = avatar::own(conn, id).await?;
            Ok::<_, Fault>((account, picture))
        })
        .await?;
    let shell = super::shell(&desk, &request, locale, "account-title");
    let language = account.language.parse::<Language>().unwrap_or_default();
    let page = OverviewPage {
        picture,
        initials: initials::of(&account.name, account.email.as_deref()),
        language: shell.t(&format!("account-language-{}", language.code())),
        rooms: rooms(&shell),
        known_by: account.email.or(account.phone).unwrap_or_default(),
        name: account.name,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn rooms(shell: &Shell) -> Vec<Room> {
    let room = |name: &str, icon: &'static str, href: String| Room {
        href,
        icon,
        title: shell.t(&format!("account-{name}")),
        line: shell.t(&format!("account-{name}-line")),
    };
    let here = |path: &str| format!("/account/{path}");
    vec![
        room("tickets", "ticket", format!("{}/my", shell.links.tickets)),
        room("profile", "people", here("profile")),
        room("security", "lock", here("security")),
        room("sessions", "phone", here("sessions")),
        room("activity", "clock", here("activity")),
        room("data", "paper", here("data")),
    ]
}
