//! The worker that gives registered guests their codes.

use db::DbError;
use domain::ids::ReminderId;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, MailAsked, SaleOpened};
use uuid::Uuid;

use super::code;
use super::store::{self, DueRow};
use crate::Shop;

/// Mails in one transaction.
const ROUND: i64 = 100;

/// Gives the next ones theirs and asks for the mails. Gives how many.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let told = shop
        .db
        .transaction(async |conn| {
            let due = store::due(conn, now, ROUND).await?;
            if due.is_empty() {
                return Ok(0);
            }
            let codes: Vec<String> = due.iter().map(|_| code::fresh()).collect();
            let mails: Vec<MailAsked> = due
                .iter()
                .zip(&codes)
                .map(|(row, code)| mail(shop, row, code, messages::millis(now)))
                .collect();
            bus::outbox::add_all(conn, &mails, now).await?;
            store::give(conn, due.iter().map(|row| row.id).collect(), codes).await?;
            Ok::<_, DbError>(due.len())
        })
        .await?;
    if told > 0 {
        shop.bus.wake_relay();
    }
    Ok(told)
}

/// Another mail than the reminder, which comes when the sale begins for everybody.
fn mail(shop: &Shop, row: &DueRow, code: &str, asked_at: i64) -> MailAsked {
    MailAsked {
        mail_id: Uuid::new_v5(&row.id, b"presale").to_string(),
        recipient: Some(Buyer {
            name: String::new(),
            email: row.email.clone(),
            language: row.language.clone(),
        }),
        about: Some(About::SaleOpened(SaleOpened {
            event_id: row.event_id.to_string(),
            page_url: format!("{}?code={code}", shop.reminder_links.night_url(&row.slug)),
            stop_url: shop.reminder_links.stop_url(ReminderId::from_uuid(row.id)),
            presale_code: code.to_owned(),
        })),
        asked_at,
    }
}
