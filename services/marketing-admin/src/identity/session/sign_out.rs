//! `POST /account/sign-out`: this session is over, everywhere.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;
use web::{Fault, GuestForm, redirect};

use super::{open, store};
use crate::Desk;
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::visit::Visit;
use crate::views::NoFields;

/// Ends the session and takes the cookies away.
pub async fn submit(
    desk: Data<Desk>,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let (account, session) = (sent.guest.account.uuid(), sent.guest.session.uuid());
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            if store::end_one(conn, account, session, "signed_out", now).await? {
                activity::note(conn, account, "signed_out", json!({}), &visit, now).await?;
                tell::changed(conn, account, now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    let mut response = redirect::see_other("/account/sign-in");
    open::forget(&desk, &mut response)?;
    Ok(response)
}
