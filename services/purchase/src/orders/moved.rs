//! What an order's page says of a night that has another date than the one its guest bought.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::DbError;
use domain::language::Language;
use ui::{format, text};

use super::view::OrderView;
use crate::{Shop, new_dates};

/// The new date, and what can be done about it.
pub(super) struct Moved {
    /// When it is, and when it was to be.
    pub(super) title: String,
    /// What the club says about it; may be empty.
    pub(super) note: String,
    /// That the tickets stay good, and what to do where the date does not suit.
    pub(super) what_now: String,
}

/// Nothing where the night is as it was bought, is over or off, or no ticket of the order is good any more. `until` says until
/// when tickets can be given back here; empty where they can't.
pub(super) async fn moved(
    shop: &Shop,
    order: &OrderView,
    until: &str,
    lang: Language,
    now: DateTime<Utc>,
) -> Result<Option<Moved>, DbError> {
    let event = &order.event;
    let holds = order.tickets.iter().any(|ticket| ticket.code.is_some());
    if !holds || event.status != "published" || event.ends_at <= now {
        return Ok(None);
    }
    let known = {
        let mut conn = shop.db.conn().await?;
        new_dates::known(&mut conn, event.id, order.row.created_at).await?
    };
    let Some(known) = known.filter(|known| known.from_starts_at != event.starts_at) else {
        return Ok(None);
    };
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let at = |at| format::date_time(lang, at, tz);
    let (to, from) = (at(event.starts_at), at(known.from_starts_at));
    let stays = text(lang, "dates-order-stays", &[]);
    let what_now = match until {
        "" if order.quote.worth_minor() == 0 => stays,
        "" => format!("{stays} {}", text(lang, "dates-order-ask", &[])),
        until => format!("{stays} {}", text(lang, "dates-order-return", &[("until", &until)])),
    };
    Ok(Some(Moved {
        title: text(lang, "dates-order-title", &[("to", &to), ("from", &from)]),
        note: known.note,
        what_now,
    }))
}
