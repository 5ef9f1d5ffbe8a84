//! The button: settle the night. The club signs, so it is the owner's.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use internal_api::purchase::settlements::SettlementRequest;
use uuid::Uuid;
use web::can::{Anything, SettlementsSign};
use web::{CsrfForm, Fault, Locale, redirect};

use super::{store, till};
use crate::Desk;
use crate::identity::ClientAddress;
use crate::staff::Member;
use crate::staff::session::step_up;

/// `POST /admin/events/{event}/settlement`.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<SettlementsSign>,
    event: Path<Uuid>,
    from: ClientAddress,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let event = event.into_inner();
    if let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await? {
        let back = format!("/admin/events/{event}/settlement");
        return step_up::ask(&desk, (&request, locale), &member, &sent.form, &back, problem).await;
    }
    let came = store::came(&mut *desk.db.conn().await?, event).await?;
    let request = SettlementRequest { made_by: member.name.clone(), came };
    let done = match till::make(&desk, &member, event, &request).await {
        Ok(_) => "made",
        Err(fault) if fault.status().is_server_error() => {
            tracing::warn!(code = fault.code(), event = %event, "a night can't be settled now");
            "away"
        }
        Err(fault) if fault.code() == "settlement_refused" => "refused",
        Err(fault) => return Err(fault),
    };
    Ok(redirect::see_other(&format!("/admin/events/{event}/settlement?done={done}")))
}
