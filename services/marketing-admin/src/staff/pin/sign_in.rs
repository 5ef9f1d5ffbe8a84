//! `POST /internal/v1/sessions/pin`: a session of the door for who types their PIN on an enrolled phone.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use audit::Actor;
use chrono::TimeDelta;
use internal_api::marketing_admin::pins::PinSession;
use serde_json::{Value, json};
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::{rule, store};
use crate::Desk;
use crate::identity::ClientAddress;
use crate::identity::password::Lane;
use crate::staff::session::internal;
use crate::staff::session::sign_in::{Opening, SignedIn, grants_of, open};
use crate::staff::store as accounts;

/// One shift.
const LIVES: TimeDelta = TimeDelta::hours(10);

/// 401 `invalid_credentials`, whatever did not fit; 429 while this person is locked out on this phone.
pub async fn handle(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Scanner>,
    request: RequestId,
    wanted: ApiJson<PinSession>,
) -> Result<HttpResponse, Fault> {
    let wanted = wanted.into_inner();
    let actor = Actor::caller(&caller, &request);
    internal::for_itself(&desk, &actor, &caller.name, &wanted.audience, "/internal/v1/sessions/pin").await?;
    let detail = json!({
        "audience": wanted.audience, "by": "pin", "device": wanted.device,
        "address": ClientAddress::passed_on(wanted.address.as_deref()).as_str(),
    });
    match sign_in(&desk, &actor, &wanted, detail.clone()).await? {
        Some(signed_in) => Ok(HttpResponse::Ok().json(signed_in)),
        None => {
            let (mut conn, target) = (desk.db.conn().await?, wanted.staff.to_string());
            audit::record(&mut conn, &actor, "session.refused", &target, detail, desk.clock.now()).await?;
            Err(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials"))
        }
    }
}

async fn sign_in(
    desk: &Desk,
    actor: &Actor,
    wanted: &PinSession,
    detail: Value,
) -> Result<Option<SignedIn>, Fault> {
    let mut conn = desk.db.conn().await?;
    let account = accounts::by_id(&mut conn, wanted.staff).await?;
    let mut hash = None;
    if let Some(account) = &account {
        take_a_try(desk, &mut conn, wanted).await?;
        let fine = account.disabled_at.is_none() && rule::is_well_formed(&wanted.pin);
        hash = if fine { store::hash_of(&mut conn, account.id).await? } else { None };
    }
    drop(conn);
    // Cut where no PIN goes on: hashing more would be work for nothing.
    let typed: String = wanted.pin.chars().take(16).collect();
    let fits = desk.passwords.matches(Lane::Door, hash.clone(), typed).await?;
    let Some(account) = account.filter(|_| fits) else { return Ok(None) };
    let opening = Opening {
        audience: &wanted.audience,
        lives: LIVES,
        grants: grants_of(desk, &account).await?,
        proved: false,
        detail,
        pin_hash: hash.as_deref(),
    };
    let opened = open(desk, actor, account, opening).await?;
    if opened.is_some() {
        store::forget_tries(&mut *desk.db.conn().await?, wanted.staff, wanted.device).await?;
    }
    Ok(opened)
}

/// Counts the try before it is looked at. 429 while the person is locked out on this phone.
async fn take_a_try(desk: &Desk, conn: &mut db::Conn, wanted: &PinSession) -> Result<(), Fault> {
    let now = desk.clock.now();
    if store::try_once(conn, wanted.staff, wanted.device, now).await? {
        return Ok(());
    }
    let until = store::locked_until(conn, wanted.staff, wanted.device).await?;
    let wait = until.and_then(|until| (until - now).to_std().ok()).unwrap_or(Duration::from_secs(1));
    Err(Fault::rate_limited(wait))
}
