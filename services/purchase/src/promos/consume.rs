//! `promo.changed` → which codes are good for what.

use chrono::{DateTime, Utc};
use db::Conn;
use domain::promo::PromoCode;
use domain::quote::Off;
use messages::marketing_admin::v1::PromoChanged;
use messages::marketing_admin::v1::promo_changed::Off as WireOff;
use uuid::Uuid;

use super::store::{self, PromoRow};
use crate::catalog::consume::{Applied, NotApplied};
use crate::catalog::terms;

/// Takes a snapshot over, in the transaction of its inbox row.
pub async fn apply(
    conn: &mut Conn,
    message: &PromoChanged,
    now: DateTime<Utc>,
) -> Result<Applied, NotApplied> {
    let row = row(message, now)?;
    let codes = message.codes.iter().map(|code| code.parse::<PromoCode>()).collect::<Result<Vec<_>, _>>();
    let codes = codes.map_err(|_| NotApplied::Unreadable("codes"))?;
    if !store::write(conn, &row).await? {
        return Ok(Applied::Stale);
    }
    store::write_codes(conn, row.id, row.single_use, &codes).await?;
    Ok(Applied::New)
}

fn row(message: &PromoChanged, now: DateTime<Utc>) -> Result<PromoRow, NotApplied> {
    let bad = NotApplied::Unreadable;
    let off = match message.off {
        Some(WireOff::BasisPoints(points)) if (1..=10_000).contains(&points) => Off::BasisPoints(points),
        Some(WireOff::Minor(minor)) if minor > 0 => Off::Minor(minor),
        _ => return Err(bad("off")),
    };
    let ticket_types = message.ticket_type_ids.iter().map(|id| id.parse::<Uuid>());
    let some = |number: i64| (number > 0).then_some(number);
    Ok(PromoRow {
        id: message.promo_id.parse().map_err(|_| bad("promo_id"))?,
        revision: message.revision,
        off: terms::json(&off),
        currency: message.currency.clone(),
        event_id: match message.event_id.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| bad("event_id"))?),
        },
        ticket_type_ids: ticket_types.collect::<Result<_, _>>().map_err(|_| bad("ticket_type_ids"))?,
        minimum_minor: message.minimum_minor.max(0),
        valid_from: messages::instant(message.from),
        valid_until: messages::instant(message.until),
        most: some(message.most),
        ceiling: some(message.most),
        most_per_guest: some(message.most_per_guest),
        single_use: message.single_use,
        promoter: message.promoter.clone(),
        active: message.active,
        changed_at: messages::instant(message.changed_at).unwrap_or(now),
    })
}
