//! `/admin/box-office`: the form, and after a sale the order's link as a QR code to scan from the guest's phone.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::permission::Permission;
use internal_api::purchase::box_office::SellAnswer;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::BoxOfficeSell;
use web::{Fault, Locale};

use super::purchase::Refused;
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;
use crate::views::{self, Room};

/// What the ticket site says where as many are inside as may be.
const HOUSE_FULL: &str = "house_full";

/// Which night.
#[derive(Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    event: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// What came of the form.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub sold: Option<(SellAnswer, &'static str)>,
    pub refused: Option<Refused>,
    pub entered: HashMap<String, String>,
}

#[derive(Template)]
#[template(path = "box_office/page.html")]
struct BoxOfficePage {
    shell: Shell,
    style: String,
    csrf: String,
    form_key: String,
    nights: Vec<Night>,
    event: String,
    types: Vec<Type>,
    /// Nothing, in the night's money.
    zero: String,
    script: String,
    entered: HashMap<String, String>,
    faults: HashMap<String, String>,
    problem: String,
    may_give: bool,
    /// Whether the house is full, and who looks may sell on.
    may_sell_on: bool,
    done: Option<Done>,
}

struct Night {
    id: String,
    title: String,
    chosen: bool,
}

struct Type {
    id: String,
    name: String,
    price: String,
    value: String,
}

struct Done {
    title: String,
    take: String,
    reference: String,
    url: String,
    qr: String,
    /// The address has disputed a payment before.
    disputed_before: bool,
}

impl BoxOfficePage {
    fn value(&self, name: &str) -> String {
        self.entered.get(name).cloned().unwrap_or_default()
    }

    /// What is wrong with a field, in words.
    fn error(&self, name: &str) -> String {
        let code = self.faults.get(name).map(|code| code.replace('_', "-"));
        code.map(|code| self.shell.t(&format!("box_office-fault-{code}"))).unwrap_or_default()
    }
}

/// The form.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<BoxOfficeSell>,
    chosen: Query<Chosen>,
) -> Result<HttpResponse, Fault> {
    let event = chosen.event.parse().ok();
    render(&desk, &request, locale, &member, event, Outcome::default()).await
}

/// The page as it stands after something was done.
pub(super) async fn render<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    event: Option<Uuid>,
    outcome: Outcome,
) -> Result<HttpResponse, Fault> {
    let open = open_nights(desk, desk.clock.now()).await?;
    let night = open.iter().find(|night| Some(night.row.id) == event).or(open.first());
    let title = ui::text(locale.0, "box_office-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::BoxOffice, &title);
    let status = match outcome.refused.as_ref().map(|refused| refused.code.as_str()) {
        None => StatusCode::OK,
        Some("away") => StatusCode::BAD_GATEWAY,
        Some("sold_out" | "not_on_sale" | "limit_exceeded" | HOUSE_FULL) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let full = outcome.refused.as_ref().is_some_and(|refused| refused.code == HOUSE_FULL);
    let (faults, problem) = outcome.refused.as_ref().map(|refused| said(&shell, refused)).unwrap_or_default();
    let entered = outcome.entered;
    let page = BoxOfficePage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        // What may or may not have been sold is asked again under the same key.
        form_key: match entered.get("form_key").filter(|_| outcome.refused.is_some()) {
            Some(key) => key.clone(),
            None => Uuid::new_v4().simple().to_string(),
        },
        event: night.map(|night| night.row.id.to_string()).unwrap_or_default(),
        zero: night.map(|night| nothing(night, &shell)).unwrap_or_default(),
        script: crate::assets::url("box-office.js"),
        types: night.map(|night| types(night, &shell, &entered)).unwrap_or_default(),
        nights: open
            .iter()
            .map(|each| Night {
                id: each.row.id.to_string(),
                title: titled(each, &shell),
                chosen: night.is_some_and(|night| night.row.id == each.row.id),
            })
            .collect(),
        may_sell_on: full && member.may(Permission::DoorSupervise),
        may_give: member.may(Permission::CompsIssue),
        done: outcome.sold.map(|(sold, channel)| done(sold, channel, &shell)).transpose()?,
        faults,
        problem,
        entered,
        shell,
    };
    views::private(status, &page)
}

/// Nights of which something can be sold, the next first.
async fn open_nights(desk: &Desk, now: DateTime<Utc>) -> Result<Vec<Event>, Fault> {
    let mut conn = desk.db.conn().await?;
    let mut nights = events::load(&mut conn, Which::All).await?;
    nights.retain(|event| event.row.status == "published" && event.row.ends_at > now);
    nights.sort_by_key(|event| event.row.starts_at);
    Ok(nights)
}

fn titled(event: &Event, shell: &Shell) -> String {
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    format!("{} · {}", event.row.title, format::date_time(shell.lang, event.row.starts_at, zone))
}

fn nothing(event: &Event, shell: &Shell) -> String {
    format::money(shell.lang, Money::new(0, event.row.currency.parse().unwrap_or(Currency::Eur)))
}

fn types(event: &Event, shell: &Shell, entered: &HashMap<String, String>) -> Vec<Type> {
    let currency: Currency = event.row.currency.parse().unwrap_or(Currency::Eur);
    let of = |kind: &crate::events::store::TicketTypeRow| Type {
        value: entered.get(&format!("q-{}", kind.id)).cloned().unwrap_or_else(|| "0".to_owned()),
        price: format::money(shell.lang, Money::new(kind.price_minor, currency)),
        name: kind.name.clone(),
        id: kind.id.to_string(),
    };
    event.ticket_types.iter().map(of).collect()
}

/// What is wrong, by field, and over the form.
fn said(shell: &Shell, refused: &Refused) -> (HashMap<String, String>, String) {
    let faults: HashMap<String, String> =
        refused.errors.iter().map(|each| (each.field.clone(), each.code.clone())).collect();
    let named = ["name", "email", "reason", "although_full"].iter().any(|field| faults.contains_key(*field));
    let code = match refused.code.as_str() {
        "away" => "away",
        "sold_out" => "sold-out",
        HOUSE_FULL => "house-full",
        "not_on_sale" | "not_found" | "unknown_ticket_type" => "not-on-sale",
        _ if named => "fields",
        "invalid_quantity" | "limit_exceeded" => "quantity",
        _ => "fields",
    };
    (faults, shell.t(&format!("box_office-problem-{code}")))
}

fn done(sold: SellAnswer, channel: &str, shell: &Shell) -> Result<Done, Fault> {
    let currency: Currency = sold.currency.parse().unwrap_or(Currency::Eur);
    let total = format::money(shell.lang, Money::new(sold.total_minor, currency));
    Ok(Done {
        title: shell.t1("box_office-done", "count", sold.tickets),
        take: shell.t1(&format!("box_office-take-{}", channel.replace('_', "-")), "total", total),
        qr: ui::qr::svg(&sold.url).map_err(Fault::internal)?,
        disputed_before: sold.disputed_before,
        reference: sold.reference,
        url: sold.url,
    })
}
