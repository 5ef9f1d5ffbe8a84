//! What the desk's pages before something is done to a night have in common ([`super::desk_publish`], [`super::desk_new_date`],
//! [`super::desk_cancel`]): the night, when it is, what it has sold, and the frame around them.

use actix_web::HttpRequest;
use chrono_tz::Tz;
use domain::language::Language;
use domain::night::BusinessNight;
use ui::{Shell, format};
use uuid::Uuid;
use web::{Fault, Locale};

use crate::Desk;
use crate::events::store::{self, Event, EventRow, Which};
use crate::reports::store::{self as reports, Sold};
use crate::staff::Member;
use crate::views::{self, Room};

/// A night, as such a page shows it and its form needs it.
pub(super) struct Night {
    pub(super) style: String,
    pub(super) csrf: String,
    pub(super) id: String,
    pub(super) title: String,
    /// The date and the hours.
    pub(super) when: String,
}

impl Night {
    pub(super) fn of<P>(row: &EventRow, lang: Language, member: &Member<P>) -> Self {
        let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
        Self {
            style: crate::assets::url("admin.css"),
            csrf: member.csrf_token().to_owned(),
            id: row.id.to_string(),
            title: row.title.clone(),
            when: format!(
                "{} · {}",
                format::calendar_date(lang, BusinessNight::of(row.starts_at, zone).date()),
                format::night(lang, row.starts_at, row.ends_at, zone)
            ),
        }
    }
}

/// The night, or 404.
pub(super) async fn find(desk: &Desk, id: Uuid) -> Result<Event, Fault> {
    let mut conn = desk.db.conn().await?;
    store::find(&mut conn, Which::Id(id)).await?.ok_or_else(Fault::not_found)
}

/// What it has sold, as far as the desk has heard.
pub(super) async fn sold(desk: &Desk, id: Uuid) -> Result<Sold, Fault> {
    Ok(reports::sold(&mut *desk.db.conn().await?, id).await?)
}

/// The frame of a page of this name.
pub(super) fn shell<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    title: &str,
) -> Shell {
    let title = ui::text(locale.0, title, &[]);
    views::desk_shell(desk, request, locale, member, Room::Events, &title)
}
