//! `POST /e/{slug}/waitlist`: a guest joins the line before a sold-out ticket type. It works without JavaScript.
//!
//! The answer never shows the guest's own page: its address comes by mail, so that nobody claims or leaves in the name of
//! an address that is not theirs.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use domain::ids::TicketTypeId;
use domain::name::is_name;
use serde::Deserialize;
use web::redirect::see_other;
use web::{ClientAddress, Fault, Locale, PageForm};

use super::part::{Faults, Written};
use super::{changed, store};
use crate::catalog::event_page;
use crate::catalog::night::{Night, Offer, OnSale};
use crate::checkout::wish::is_email;
use crate::crowds::busy;
use crate::{Shop, presales};

/// What the form sends: text, judged here.
#[derive(Debug, Default, Deserialize)]
pub struct JoinForm {
    #[serde(default)]
    ticket_type: String,
    #[serde(default)]
    party: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    access_code: String,
}

/// A fair wish.
struct Wish<'a> {
    kind: &'a OnSale,
    party: u32,
}

/// Joins, or changes the party that stands in line under the same address.
pub async fn join(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    from: ClientAddress,
    request: HttpRequest,
    form: PageForm<JoinForm>,
) -> Result<HttpResponse, Fault> {
    let form = form.into_inner();
    let written = Written {
        ticket_type: form.ticket_type.trim().to_owned(),
        party: form.party.trim().to_owned(),
        name: form.name.trim().to_owned(),
        email: form.email.trim().to_owned(),
    };
    let code = form.access_code.trim().to_owned();
    let open = (!code.is_empty()).then_some(code.as_str());
    let now = shop.clock.now();
    let night = shop.shelf.night(&slug, now).await?.ok_or_else(Fault::not_found)?;
    let open = presales::known_as(&shop, night.id, open).await?;
    shop.tries.access(&from, &night, open.as_deref())?;
    let night = night.open_to(open.as_deref()).ok_or_else(Fault::not_found)?;
    let wish = match judge(&written, &night, now) {
        Ok(wish) => wish,
        Err(faults) => {
            return event_page::again_in_line(&shop, &slug, locale, &request, code, written, faults).await;
        }
    };
    shop.joins.take(&from.network(), now).map_err(busy)?;
    stand(&shop, &night, &wish, &written, locale).await?;
    let code: String = code.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let code = if code.is_empty() { code } else { format!("&code={code}") };
    Ok(see_other(&format!("/e/{}?joined={}{code}#waitlist", night.slug, wish.kind.id)))
}

fn judge<'a>(
    written: &Written,
    night: &'a Night,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Wish<'a>, Faults> {
    let mut faults = Faults::default();
    let kind = written.ticket_type.parse::<TicketTypeId>().ok();
    let kind = kind.and_then(|id| night.types.iter().find(|kind| kind.id == id));
    match kind.map(|kind| kind.offer(now)) {
        Some(Offer::SoldOut) if kind.is_some_and(|k| k.priced.terms.stands_alone()) => {}
        Some(Offer::Open) => faults.ticket_type = Some("line_not_needed"),
        Some(Offer::NotYet(_) | Offer::Closed) => faults.ticket_type = Some("not_on_sale"),
        Some(Offer::SoldOut) | None => faults.ticket_type = Some("unknown_ticket_type"),
    }
    let most = kind.map_or(u32::MAX, largest_party);
    let party = written.party.parse::<u32>().ok().filter(|party| (1..=most).contains(party));
    if party.is_none() {
        faults.party = Some("invalid_party");
    }
    if !is_name(&written.name) {
        faults.name = Some("invalid_name");
    }
    if !is_email(&written.email) {
        faults.email = Some("invalid_email");
    }
    match (kind, party) {
        (Some(kind), Some(party)) if faults.is_empty() => Ok(Wish { kind, party }),
        _ => Err(faults),
    }
}

/// The largest party that one guest can bring: what one order may have, and what one guest may have.
pub(crate) fn largest_party(kind: &OnSale) -> u32 {
    let group = i64::from(kind.priced.terms.places.max(1));
    let per_guest =
        kind.priced.terms.max_per_guest.map_or(u32::MAX, |most| u32::try_from(most / group).unwrap_or(0));
    kind.max_per_order.min(per_guest).max(1)
}

async fn stand(
    shop: &Shop,
    night: &Night,
    wish: &Wish<'_>,
    written: &Written,
    locale: Locale,
) -> Result<(), Fault> {
    let now = shop.clock.now();
    let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let entry = store::NewEntry {
        event: night.id,
        ticket_type: wish.kind.id.uuid(),
        name: &written.name,
        email: &written.email,
        language: locale.0.code(),
        party: small(wish.party),
        places: small(wish.party.saturating_mul(wish.kind.priced.terms.places.max(1))),
    };
    let joined = shop
        .db
        .transaction(async |conn| {
            let joined = store::join(conn, &entry, now).await?;
            // Who stands there already has had the mail.
            if let Some((id, true)) = joined {
                let row = store::find(conn, id).await?.ok_or(db::DbError::NotFound)?;
                bus::outbox::add(conn, &changed(&row, &wish.kind.name, &shop.line_links, now), now).await?;
            }
            Ok::<_, db::DbError>(joined)
        })
        .await?;
    shop.metrics.line_joined(match joined {
        Some((_, true)) => "joined",
        Some((_, false)) => "changed",
        None => "has_an_offer",
    });
    Ok(())
}
