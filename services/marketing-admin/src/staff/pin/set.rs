//! `PUT /internal/v1/pins/{staff}`: a member of the staff sets their PIN, with the password in hand.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use audit::Actor;
use internal_api::marketing_admin::pins::PinWanted;
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::{rule, store};
use crate::Desk;
use crate::identity::ClientAddress;
use crate::staff::session::sign_in::{self, Attempt};
use crate::staff::store as accounts;

/// 204. 401 `invalid_credentials` for another password, counted as a refused sign-in; 422 `pin_malformed`, `pin_too_simple`.
pub async fn set(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Scanner>,
    request: RequestId,
    staff: Path<Uuid>,
    wanted: ApiJson<PinWanted>,
) -> Result<HttpResponse, Fault> {
    let PinWanted { pin, password, address } = wanted.into_inner();
    rule::check(&pin)?;
    let from = ClientAddress::passed_on(address.as_deref());
    let asked = Actor::caller(&caller, &request);
    let known = accounts::by_id(&mut *desk.db.conn().await?, *staff).await?;
    // Somebody who isn't there costs the same work as a wrong password.
    let account = known.as_ref().map(|account| account.id);
    let email = known.map(|account| account.email).unwrap_or_default();
    let attempt = Attempt { email: &email, account, from: &from, audience: &caller.name };
    let Some(account) = sign_in::proven(&desk, &attempt, &password).await? else {
        return Err(sign_in::refused(&desk, &asked, &attempt).await);
    };
    let hash = desk.passwords.hash(pin).await?;
    let now = desk.clock.now();
    let actor = Actor::person(account.id, &account.role, &request);
    let done = desk
        .db
        .transaction(async |conn| {
            // Not if the account changed meanwhile: the PIN must not outlive what has ended the sessions.
            if accounts::hold_still(conn, account.id).await?.as_ref() != Some(&account) {
                return Ok(false);
            }
            store::put(conn, account.id, &hash, now).await?;
            audit::record(conn, &actor, "pin.set", &account.id.to_string(), json!({}), now).await?;
            Ok::<_, Fault>(true)
        })
        .await?;
    if !done {
        return Err(sign_in::refused(&desk, &asked, &attempt).await);
    }
    Ok(HttpResponse::NoContent().finish())
}
