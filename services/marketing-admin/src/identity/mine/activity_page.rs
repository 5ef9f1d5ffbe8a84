//! `/account/activity`: what happened with the account, from where and on what.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::{Fault, Guest, Locale};

use super::device;
use crate::identity::activity::{self, Entry};
use crate::{Desk, views};

/// Acts on a page.
const MOST: usize = 25;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct Before {
    /// Acts before this one.
    before: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "mine/activity.html")]
struct ActivityPage {
    shell: Shell,
    lines: Vec<Line>,
    /// Whether these are not the newest.
    later: bool,
    /// The address of older ones.
    older: Option<String>,
}

struct Line {
    act: String,
    when: String,
    iso: String,
    device: String,
    address: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
    query: Query<Before>,
) -> Result<HttpResponse, Fault> {
    let before = query.into_inner().before;
    let id = super::key_of(&guest);
    // One more than is shown says whether there are older ones.
    let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let (mut entries, zone) = desk
        .db
        .transaction(async |conn| {
            super::me(conn, id).await?;
            let entries = activity::page(conn, id, before, most).await?;
            Ok::<_, Fault>((entries, super::zone(conn).await))
        })
        .await?;
    let more = entries.len() > MOST;
    entries.truncate(MOST);
    let older = entries.last().filter(|_| more).map(|last| format!("/account/activity?before={}", last.id));
    let shell = super::shell(&desk, &request, locale, "account-activity");
    let lines = entries.into_iter().map(|entry| line(entry, &shell, zone)).collect();
    views::private(StatusCode::OK, &ActivityPage { shell, lines, later: before.is_some(), older })
}

fn line(entry: Entry, shell: &Shell, zone: Tz) -> Line {
    Line {
        act: shell.t(&format!("account-act-{}", entry.act.replace('_', "-"))),
        when: format::date_time(shell.lang, entry.at, zone),
        iso: format::iso(entry.at),
        device: device::words(shell.lang, &entry.agent),
        address: entry.address,
    }
}

#[cfg(test)]
mod tests {
    use crate::identity::activity::ACTS;
    use domain::language::Language;

    #[test]
    fn every_act_has_words_in_both_languages() {
        for act in ACTS {
            let key = format!("account-act-{}", act.replace('_', "-"));
            for lang in Language::ALL {
                assert_ne!(ui::text(lang, &key, &[]), key, "{}", lang.code());
            }
        }
    }
}
