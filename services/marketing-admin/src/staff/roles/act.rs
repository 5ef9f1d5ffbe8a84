//! `POST /admin/roles` and `POST /admin/roles/{role}`: a role of the club's own is made, changed, retired. Whoever has a role
//! that is changed signs in again, and is then let do what it says by now.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use db::Conn;
use domain::permission::PermissionSet;
use serde_json::{Value, json};
use web::can::{Anything, StaffManage};
use web::{CsrfForm, Fault, Locale, redirect};

use super::wanted::{self, Wanted};
use super::{OwnRole, form_page, store};
use crate::Desk;
use crate::identity::ClientAddress;
use crate::staff::Member;
use crate::staff::people::{self, within_reach};
use crate::staff::session::{end, step_up};

type Fields = HashMap<String, String>;

/// Makes one, if a second factor was given lately, and comes back to the list.
pub async fn make(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    member: Member<StaffManage>,
    sent: CsrfForm<Fields, Anything>,
) -> Result<HttpResponse, Fault> {
    if let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await? {
        let back = "/admin/roles/new";
        return step_up::ask(&desk, (&request, locale), &member, &sent.form, back, problem).await;
    }
    match made(&desk, &member, &sent.form).await {
        Ok(()) => {
            tracing::info!(staff = %member.id, "a role was made");
            Ok(redirect::see_other("/admin/roles?done=made"))
        }
        Err(fault) => form_page::refused(&desk, (&request, locale), &member, None, &sent.form, fault).await,
    }
}

/// Changes or retires one, under the same conditions.
pub async fn change(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    member: Member<StaffManage>,
    role: Path<String>,
    sent: CsrfForm<Fields, Anything>,
) -> Result<HttpResponse, Fault> {
    let code = role.into_inner();
    if let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await? {
        let back = format!("/admin/roles/{code}");
        return step_up::ask(&desk, (&request, locale), &member, &sent.form, &back, problem).await;
    }
    let (done, outcome) = match sent.form.get("act").map(String::as_str).unwrap_or_default() {
        "change" => ("changed", changed(&desk, &member, &code, &sent.form).await),
        "retire" => ("retired", retired(&desk, &member, &code, &sent.form).await),
        _ => return Err(Fault::invalid("validation_failed").field("act", "unknown")),
    };
    match outcome {
        Ok(()) => {
            tracing::info!(staff = %member.id, role = %code, act = done, "a role was changed");
            Ok(redirect::see_other(&format!("/admin/roles?done={done}")))
        }
        Err(fault) => {
            let which = Some(code.as_str());
            form_page::refused(&desk, (&request, locale), &member, which, &sent.form, fault).await
        }
    }
}

async fn made(desk: &Desk, member: &Member<StaffManage>, form: &Fields) -> Result<(), Fault> {
    let actor = member.actor().because(reason(form)?);
    let wanted = Wanted::read(form)?;
    within_reach(member, wanted.can)?;
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            people::store::hold_all(conn).await?;
            let own = store::own(conn).await?;
            if wanted::is_taken(&wanted.name, "", &own) {
                return Err(Fault::conflict("name_taken"));
            }
            let code = wanted::code_for(&wanted.name, &own);
            store::insert(conn, &code, &wanted.name, wanted.can, now).await?;
            let detail = json!({"before": null, "after": told(&wanted.name, wanted.can)});
            audit::record(conn, &actor, "role.made", &code, detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

async fn changed(desk: &Desk, member: &Member<StaffManage>, code: &str, form: &Fields) -> Result<(), Fault> {
    let actor = member.actor().because(reason(form)?);
    let wanted = Wanted::read(form)?;
    within_reach(member, wanted.can)?;
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            people::store::hold_all(conn).await?;
            let own = store::own(conn).await?;
            let before = in_use(&own, code)?;
            within_reach(member, before.can)?;
            if wanted::is_taken(&wanted.name, code, &own) {
                return Err(Fault::conflict("name_taken"));
            }
            store::update(conn, code, &wanted.name, wanted.can, now).await?;
            // Another name alone changes nothing for anybody.
            let sessions = if before.can == wanted.can { 0 } else { end_all(conn, code, now).await? };
            let detail = json!({
                "before": told(&before.name, before.can), "after": told(&wanted.name, wanted.can),
                "sessions_ended": sessions,
            });
            audit::record(conn, &actor, "role.changed", code, detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

async fn retired(desk: &Desk, member: &Member<StaffManage>, code: &str, form: &Fields) -> Result<(), Fault> {
    let actor = member.actor().because(reason(form)?);
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            // Nobody is given the role meanwhile.
            people::store::hold_all(conn).await?;
            let own = store::own(conn).await?;
            let before = in_use(&own, code)?;
            within_reach(member, before.can)?;
            if store::holders(conn).await?.contains_key(code) {
                return Err(Fault::conflict("role_in_use"));
            }
            store::retire(conn, code, now).await?;
            let detail = json!({"before": told(&before.name, before.can), "after": null});
            audit::record(conn, &actor, "role.retired", code, detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

fn reason(form: &Fields) -> Result<&str, Fault> {
    audit::reason(form.get("reason").map(String::as_str).unwrap_or_default())
}

/// 404 for a role that is not the club's own, or is none any more.
fn in_use<'a>(own: &'a [OwnRole], code: &str) -> Result<&'a OwnRole, Fault> {
    own.iter().find(|role| role.code == code && !role.retired).ok_or_else(Fault::not_found)
}

/// Ends every session of everybody who has the role, their PINs, and their sign-ins that wait for a second factor: what was
/// opened with other permissions is over. Gives how many sessions there were.
async fn end_all(conn: &mut Conn, code: &str, now: DateTime<Utc>) -> Result<usize, Fault> {
    let mut ended = 0;
    for staff in store::who_has(conn, code).await? {
        ended += end::all(conn, staff, now).await?.sessions;
    }
    Ok(ended)
}

/// What the audit log says of a role.
fn told(name: &str, can: PermissionSet) -> Value {
    json!({"name": name, "permissions": can})
}
