//! `/admin`: tonight and the nights to come, as numbers that rise by themselves.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::permission::Permission;
use ui::{Shell, format};
use web::can::Anything;
use web::{Fault, Locale, redirect};

use crate::reports::chart::{Chart, count};
use crate::reports::door_lines::DoorLines;
use crate::reports::figures::{self, Figures, Night};
use crate::staff::Member;
use crate::views::{self, Room};
use crate::{Desk, overdue};

#[derive(Template)]
#[template(path = "reports/dashboard.html")]
struct DashboardPage {
    shell: Shell,
    overdue: String,
    panel: String,
    script: String,
    style: String,
}

/// The page. Staff of the door have no figures to see: they are led to the door.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
) -> Result<HttpResponse, Fault> {
    if member.must_set_up() {
        return Ok(redirect::see_other("/admin/security"));
    }
    if !member.may(Permission::FiguresRead) {
        return Ok(redirect::see_other(&format!("{}/", desk.links.scanner)));
    }
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let figures = figures::read(&mut conn, now).await?;
    drop(conn);
    let title = ui::text(locale.0, "admin-figures-title", &[]);
    let page = DashboardPage {
        shell: views::desk_shell(&desk, &request, locale, &member, Room::Tonight, &title),
        overdue: overdue::strip::html(&*desk.overdue.get(&desk).await, locale.0)?,
        panel: panel(&figures, locale.0, now, &desk.links.scanner)?,
        script: crate::assets::url("figures.js"),
        style: crate::assets::url("admin.css"),
    };
    views::private(StatusCode::OK, &page)
}

/// The part of the page that lives: the same HTML in the page and in each event of the stream. `scanner` is the door's site.
pub fn panel(
    figures: &Figures,
    lang: Language,
    now: DateTime<Utc>,
    scanner: &str,
) -> Result<String, askama::Error> {
    let nights = figures.nights.iter().map(|night| NightCard::of(night, lang, now, scanner)).collect();
    let revenue: Vec<String> =
        figures.total.revenue.iter().map(|money| format::money(lang, *money)).collect();
    Panel {
        words: Words(lang),
        tickets_sold: count(lang, figures.total.tickets_sold),
        revenue: revenue.join(" · "),
        inside: count(lang, figures.total.inside),
        sales: Chart::of_nights(&figures.sales, lang, now, figures.zone),
        arrivals: Chart::of_quarters(&figures.arrivals, lang, now, figures.zone),
        nights,
    }
    .render()
}

#[derive(Template)]
#[template(path = "reports/panel.html")]
struct Panel {
    words: Words,
    tickets_sold: String,
    revenue: String,
    inside: String,
    sales: Chart,
    arrivals: Chart,
    nights: Vec<NightCard>,
}

/// A night's door is of interest from so long before it opens.
const EARLY: TimeDelta = TimeDelta::hours(2);

/// Texts in the reader's language.
struct Words(Language);

impl Words {
    fn t(&self, key: &str) -> String {
        ui::text(self.0, key, &[])
    }

    fn of(&self, count: &str, of: &str) -> String {
        ui::text(self.0, "admin-figures-of", &[("count", &count), ("of", &of)])
    }
}

/// A night as the panel shows it.
struct NightCard {
    id: String,
    title: String,
    when: String,
    open: bool,
    /// Whether anybody can have come yet: before that, the door's figures are only noughts to read past.
    begun: bool,
    sold: String,
    capacity: String,
    bar: Bar,
    revenue: String,
    /// Empty where no bank has taken anything.
    disputed: String,
    inside: String,
    admitted: String,
    refused: String,
    types: Vec<TypeLine>,
    /// How it was paid, where not everything was online.
    channels: Vec<ChannelLine>,
    /// What the door says beyond its scans.
    door: Option<DoorLines>,
}

struct ChannelLine {
    name: String,
    tickets: String,
    revenue: String,
}

struct TypeLine {
    name: String,
    sold: String,
    capacity: String,
    bar: Bar,
}

/// A share of a whole, 0 to 1000, for the width of a bar.
struct Bar {
    width: i64,
    full: bool,
}

impl Bar {
    fn of(part: i64, whole: i64) -> Self {
        let width = if whole > 0 { (part.max(0).saturating_mul(1000) / whole).min(1000) } else { 0 };
        Self { width, full: whole > 0 && part >= whole }
    }
}

impl NightCard {
    fn of(night: &Night, lang: Language, now: DateTime<Utc>, scanner: &str) -> Self {
        let zone: Tz = night.time_zone.parse().unwrap_or(Tz::UTC);
        let types = night.ticket_types.iter().map(|each| TypeLine {
            name: each.name.clone(),
            sold: count(lang, each.sold),
            capacity: count(lang, each.capacity),
            bar: Bar::of(each.sold, each.capacity),
        });
        let channels = night.channels.iter().map(|each| ChannelLine {
            name: ui::text(lang, &format!("box_office-channel-{}", each.channel.replace('_', "-")), &[]),
            tickets: ui::text(lang, "shared-tickets", &[("count", &each.tickets)]),
            revenue: format::money(lang, each.revenue),
        });
        let channels: Vec<ChannelLine> = channels.collect();
        let apart = night.channels.iter().any(|each| each.channel != "online");
        Self {
            door: DoorLines::of(night, lang, scanner),
            channels: if apart { channels } else { Vec::new() },
            id: night.id.to_string(),
            title: night.title.clone(),
            when: format::date_time(lang, night.starts_at, zone),
            open: night.starts_at <= now && now < night.ends_at,
            begun: night.starts_at - EARLY <= now || night.admitted + night.refused > 0,
            sold: count(lang, night.tickets_sold),
            capacity: count(lang, night.capacity),
            bar: Bar::of(night.tickets_sold, night.capacity),
            revenue: format::money(lang, night.revenue),
            disputed: if night.disputed.is_zero() {
                String::new()
            } else {
                format::money(lang, night.disputed)
            },
            inside: count(lang, night.inside),
            admitted: count(lang, night.admitted),
            refused: count(lang, night.refused),
            types: types.collect(),
        }
    }
}
