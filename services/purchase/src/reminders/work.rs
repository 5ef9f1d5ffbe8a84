//! The worker that tells guests of a sale that has begun.

use db::DbError;
use domain::ids::ReminderId;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, MailAsked, SaleOpened};

use super::store::{self, DueRow};
use crate::Shop;

/// Mails in one transaction.
const ROUND: i64 = 100;

/// Asks for the mails whose time has come. Gives how many.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let due = store::due(conn, now, ROUND).await?;
            if due.is_empty() {
                return Ok(0);
            }
            let mails: Vec<MailAsked> =
                due.iter().map(|row| mail(shop, row, messages::millis(now))).collect();
            bus::outbox::add_all(conn, &mails, now).await?;
            store::mailed(conn, due.iter().map(|row| row.id).collect(), now).await?;
            Ok::<_, DbError>(due.len())
        })
        .await
}

fn mail(shop: &Shop, row: &DueRow, asked_at: i64) -> MailAsked {
    MailAsked {
        mail_id: row.id.to_string(),
        recipient: Some(Buyer {
            name: String::new(),
            email: row.email.clone(),
            language: row.language.clone(),
        }),
        about: Some(About::SaleOpened(SaleOpened {
            event_id: row.event_id.to_string(),
            page_url: shop.reminder_links.night_url(&row.slug),
            stop_url: shop.reminder_links.stop_url(ReminderId::from_uuid(row.id)),
            presale_code: String::new(),
        })),
        asked_at,
    }
}
