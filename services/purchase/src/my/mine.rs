//! A signed-in guest's `GET /my`: their nights, coming and past, without any link. What was bought with the account and what was
//! bought with, or passed on to, its proven address.

use actix_web::HttpRequest;
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError, Seen};
use domain::language::Language;
use domain::money::{Currency, Money};
use ui::{Shell, Site, format, text};
use uuid::Uuid;
use web::{Fault, Guest, Html};

use super::mine_store::{self, MineRow};
use crate::Shop;
use crate::accounts::store as accounts;

/// Nights on one page.
const PAGE: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "my/mine.html")]
pub struct MinePage {
    shell: Shell,
    name: String,
    email: Option<String>,
    account_url: String,
    address_url: String,
    coming: Vec<Card>,
    past: Vec<Card>,
    older: Option<String>,
}

struct Card {
    href: String,
    title: String,
    date: (String, String, String),
    line: String,
    venue: String,
    tickets: String,
    total: String,
    badge: (&'static str, &'static str, String),
}

/// Shows them, the next night first, then those that were, the last first.
pub async fn page(
    shop: &Shop,
    guest: &Guest,
    (lang, request): (Language, &HttpRequest),
    before: Option<DateTime<Utc>>,
) -> Result<Html<MinePage>, Fault> {
    let now = shop.clock.now();
    let asked = Asked { account: guest.account.uuid(), told: guest.email.as_deref(), now, before };
    let Theirs { email, coming, mut past } =
        shop.db.transaction(async |conn: &mut Conn| read(conn, asked).await).await?;
    let older =
        (past.len() > PAGE).then(|| past.get(PAGE - 1).map(|row| row.starts_at.timestamp_millis())).flatten();
    past.truncate(PAGE);
    let shell = Shell::new(Site::Tickets, lang, text(lang, "mine-title", &[]), &shop.site)
        .at(crate::path_of(request));
    let cards = |rows: Vec<MineRow>| rows.into_iter().map(|row| card(shop, lang, row, now)).collect();
    Ok(Html(MinePage {
        name: guest.name.clone(),
        email,
        account_url: format!("{}/account", shell.links.marketing),
        address_url: format!("{}/account/email", shell.links.marketing),
        coming: cards(coming),
        past: cards(past),
        older: older.map(|before| format!("/my?before={before}")),
        shell,
    }))
}

/// Whose nights, and which.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    account: Uuid,
    /// The address in the token.
    told: Option<&'a str>,
    now: DateTime<Utc>,
    before: Option<DateTime<Utc>>,
}

struct Theirs {
    /// The address, as far as it is still theirs.
    email: Option<String>,
    coming: Vec<MineRow>,
    past: Vec<MineRow>,
}

/// Reads them as a role that sees this account's alone: a query that forgot whose would find nothing more.
async fn read(conn: &mut Conn, asked: Asked<'_>) -> Result<Theirs, DbError> {
    let Asked { account, told, now, before } = asked;
    let email = accounts::proven(conn, account, told).await?;
    let address = email.as_deref();
    db::as_guest(conn, Seen::Account { key: account, email: address }).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let coming = match before {
        None => mine_store::coming(conn, account, address, now).await?,
        Some(_) => Vec::new(),
    };
    let past = mine_store::past(conn, account, address, (now, before.unwrap_or(now)), most).await?;
    Ok(Theirs { email, coming, past })
}

fn card(shop: &Shop, lang: Language, row: MineRow, now: DateTime<Utc>) -> Card {
    let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
    let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
    let href = match row.ticket {
        Some(ticket) => shop.links.ticket_path(ticket.into()),
        None => shop.links.path_of(row.order_id.into(), &row.reference),
    };
    // A ticket that was passed on cost its guest nothing that we know of.
    let total = match row.ticket {
        None if row.total_minor > 0 => format::money(lang, Money::new(row.total_minor, currency)),
        _ => String::new(),
    };
    Card {
        href,
        badge: badge(lang, &row, now),
        date: format::night_date(lang, row.starts_at, zone),
        line: format::night(lang, row.starts_at, row.ends_at, zone),
        tickets: text(lang, "mine-tickets", &[("count", &row.tickets)]),
        venue: row.venue_name,
        title: row.title,
        total,
    }
}

fn badge(lang: Language, row: &MineRow, now: DateTime<Utc>) -> (&'static str, &'static str, String) {
    let (tone, icon, key) = match row.state.as_str() {
        "pending" => ("attention", "clock", "mine-pending"),
        "refunded" => ("quiet", "check", "mine-refunded"),
        _ if row.event_status == "cancelled" => ("refusal", "cross", "mine-cancelled"),
        _ if row.tickets == 0 => ("quiet", "check", "mine-given-back"),
        _ if row.starts_at <= now && now < row.ends_at => ("good", "ticket", "mine-tonight"),
        _ if row.ticket.is_some() => ("good", "ticket", "mine-received"),
        _ => ("good", "ticket", "mine-paid"),
    };
    (tone, icon, text(lang, key, &[]))
}
