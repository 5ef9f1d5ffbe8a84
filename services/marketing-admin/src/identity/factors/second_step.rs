//! `/account/security/second-step`: who has a passkey chooses whether it, or a code, is asked for after every other proof.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;
use web::{Fault, GuestForm, Locale, redirect};

use super::notices::{self, Change};
use super::page::unproved;
use super::{app_page, recovery, store};
use crate::Desk;
use crate::identity::account::store as accounts;
use crate::identity::activity;
use crate::identity::visit::Visit;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ChoiceForm {
    #[serde(default)]
    asked: String,
}

/// Keeps the choice. Whoever would be shut out by the loss of their only passkey gets recovery codes with it. 409 `invalid_state`
/// for who has no passkey, or has an app: that one is always asked for.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<ChoiceForm>,
) -> Result<HttpResponse, Fault> {
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let (account, now, asked) = (sent.guest.account.uuid(), desk.clock.now(), sent.form.asked == "yes");
    let codes = desk
        .db
        .transaction(async |conn| {
            // Two forms at once: each sees what the other left.
            accounts::hold(conn, account).await?;
            let theirs = super::of(conn, account).await?;
            if theirs.totp || theirs.passkeys == 0 {
                return Err(Fault::conflict("invalid_state"));
            }
            store::choose(conn, account, asked, now).await?;
            if theirs.asked() != asked {
                let change = if asked { Change::StepOn } else { Change::StepOff };
                notices::tell(&desk, conn, account, change, &visit, now).await?;
            }
            if !asked || theirs.spares_a_passkey() {
                return Ok(None);
            }
            let codes = recovery::renew(conn, account, now).await?;
            activity::note(conn, account, "recovery_codes_made", json!({}), &visit, now).await?;
            Ok::<_, Fault>(Some(codes))
        })
        .await?;
    match codes {
        Some(codes) => app_page::codes_page(&desk, &request, locale, codes, "second_step-done-on"),
        None if asked => Ok(redirect::see_other("/account/security?done=step-on")),
        None => Ok(redirect::see_other("/account/security?done=step-off")),
    }
}
