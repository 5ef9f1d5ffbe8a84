//! `GET /orders/{reference}/tickets/{ticket}/codes?key=…` and `GET /tickets/{ticket}/codes?key=…`: the codes of a ticket whose code moves,
//! for the page that shows it. They are those of the next hour, so that a phone in a queue without network has its code all the same.
//!
//! Nobody gets them long before the doors open: who sends an hour's codes to a friend has to do so on the evening itself. Each comes
//! with the picture of its QR code, since the page's script draws and does not encode.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use documents::DocumentError;
use domain::ids::{EventId, TicketId};
use domain::ticket_code::Step;
use serde::Serialize;
use ui::qr;
use uuid::Uuid;
use web::{Fault, Locale};

use super::folder::{self, Folder};
use crate::Shop;
use crate::catalog::store::EventRow;
use crate::orders::private;
use crate::orders::view::{Code, OrderQuery};
use crate::tickets::signer::TicketSigner;

/// Codes of one answer: an hour's.
const CODES: usize = 240;
/// How long before the doors open the first are given out.
const EARLY: TimeDelta = TimeDelta::hours(3);

/// The next codes of a ticket.
#[derive(Serialize)]
struct Codes {
    /// Unix milliseconds: the page goes by this clock, not by the phone's.
    now: i64,
    step_seconds: u32,
    /// The step of the first one.
    first_step: u32,
    codes: Vec<String>,
    /// Of each, its QR code's modules: row by row without the white around, a bit each, the highest first, filled up to whole bytes, as
    /// base64.
    modules: Vec<String>,
}

/// Of one ticket of an order, for its buyer.
pub async fn of_buyer(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let (reference, id) = path.into_inner();
    let folder = folder::open(&shop, &reference, &query.key, locale.0).await?;
    hand_out(&shop, &folder, id).await
}

/// Of a ticket that was passed on or shared, for its guest.
pub async fn of_guest(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open_ticket(&shop, *id, &query.key, locale.0).await?;
    hand_out(&shop, &folder, *id).await
}

/// From when on a night's codes are given out.
pub(crate) fn given_from(event: &EventRow) -> DateTime<Utc> {
    event.entry_from - EARLY
}

async fn hand_out(shop: &Shop, folder: &Folder, id: Uuid) -> Result<HttpResponse, Fault> {
    let ticket = folder.ticket(id)?;
    if ticket.code != Some(Code::Moving) {
        return Err(Fault::conflict("code_fixed").detail("The code of this ticket does not move."));
    }
    let (event, now) = (&folder.order.event, shop.clock.now());
    if now < given_from(event) {
        return Err(Fault::conflict("codes_too_early").detail("Codes are given out on the evening itself."));
    }
    if now >= event.ends_at {
        return Err(Fault::conflict("codes_over").detail("The night is over."));
    }
    let (signer, event) = (shop.issuer.signer.clone(), EventId::from_uuid(event.id));
    // A few hundred pictures are some tens of milliseconds of CPU, as a PDF is.
    let work = move || codes(&signer, TicketId::from_uuid(id), event, now);
    let codes = shop.press.make("codes", work).await?;
    Ok(private(HttpResponse::Ok().json(codes)))
}

fn codes(
    signer: &TicketSigner,
    ticket: TicketId,
    event: EventId,
    now: DateTime<Utc>,
) -> Result<Codes, DocumentError> {
    let first = Step::at(now);
    let steps = std::iter::successors(Some(first), |step| Some(step.next())).take(CODES);
    let codes: Vec<String> = steps.map(|step| signer.moving_code(ticket, event, step)).collect();
    let modules = codes.iter().map(|code| packed(code)).collect::<Result<_, _>>()?;
    Ok(Codes {
        now: now.timestamp_millis(),
        step_seconds: Step::SECONDS,
        first_step: first.number(),
        codes,
        modules,
    })
}

/// The picture of a code.
fn packed(code: &str) -> Result<String, DocumentError> {
    let qr::Modules { dark, .. } = qr::modules(code)?;
    let byte = |bits: &[bool]| {
        let dark = bits.iter().zip(0_u32..).filter(|(dark, _)| **dark);
        dark.fold(0_u8, |byte, (_, place)| byte | (0x80_u8 >> place))
    };
    Ok(STANDARD.encode(dark.chunks(8).map(byte).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::packed;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn a_picture_says_which_modules_are_dark() {
        let code = "A".repeat(155);
        let bytes = STANDARD.decode(packed(&code).expect("a picture")).expect("base64");
        let ui::qr::Modules { side, dark } = ui::qr::modules(&code).expect("a picture");
        assert_eq!(bytes.len(), (side * side).div_ceil(8));
        // The page knows the side by the number of bytes: what fills the last one is never another row and column.
        assert_eq!((bytes.len() * 8).isqrt(), side);
        for (place, dark) in dark.into_iter().enumerate() {
            assert_eq!(bytes[place / 8] & (0x80_u8 >> (place % 8)) != 0, dark, "module {place}");
        }
    }
}
