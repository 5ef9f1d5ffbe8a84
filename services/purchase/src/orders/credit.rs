//! What an order's page says of the credits that its money became: what is left, until when, and where the code went. The code itself
//! is in the mail alone: only its hash is kept, and whoever has it can spend it.

use chrono_tz::Tz;
use db::DbError;
use domain::language::Language;
use domain::money::Money;
use ui::{format, text};

use super::view::OrderView;
use crate::{Shop, credits};

/// A line for each credit.
pub(super) async fn lines(shop: &Shop, order: &OrderView, lang: Language) -> Result<Vec<String>, DbError> {
    // Most orders never became one.
    if order.refunds.iter().all(|refund| refund.credit_minor == 0) {
        return Ok(Vec::new());
    }
    let given = {
        let mut conn = shop.db.conn().await?;
        credits::store::of_order(&mut conn, order.row.key()).await?
    };
    let tz: Tz = order.event.time_zone.parse().unwrap_or_default();
    let line = |credit: &credits::store::OfOrder| {
        let left = format::money(lang, Money::new(credit.balance_minor, order.quote.currency));
        // A year from now has the same day and month as today: with the year, as the mail says it.
        let (date, time) =
            (format::date(lang, credit.expires_at, tz), format::time(lang, credit.expires_at, tz));
        let until = format!("{date}, {time}");
        text(
            lang,
            "guests-credit-line",
            &[("left", &left), ("until", &until), ("email", &order.row.buyer_email)],
        )
    };
    Ok(given.iter().map(line).collect())
}
