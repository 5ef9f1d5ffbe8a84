//! `POST /admin/emails/{id}/send`: send an email again, or a waiting one now.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use audit::Actor;
use serde_json::json;
use uuid::Uuid;
use web::can::{Anything, EmailsRetry};
use web::{CsrfForm, Fault, redirect};

use crate::Desk;
use crate::notifications::store;
use crate::staff::Member;
use crate::views::NoFields;

/// The button beside an email in the log.
pub async fn handle(
    desk: Data<Desk>,
    member: Member<EmailsRetry>,
    email: Path<Uuid>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let done = if send_again(&desk, &member.actor(), *email).await? { "sent" } else { "waiting" };
    Ok(redirect::see_other(&format!("/admin/emails?done={done}")))
}

/// A settled email is copied under a new key; a waiting one becomes due at once. Whether a copy was made.
pub async fn send_again(desk: &Desk, actor: &Actor, email: Uuid) -> Result<bool, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let copy = store::copy(conn, email, now).await?;
            let hurried = copy.is_none() && store::hurry(conn, email, now).await?;
            let detail = json!({"copy": copy, "hurried": hurried});
            audit::record(conn, actor, "email.sent_again", &email.to_string(), detail, now).await?;
            Ok::<_, Fault>(copy.is_some())
        })
        .await
}
