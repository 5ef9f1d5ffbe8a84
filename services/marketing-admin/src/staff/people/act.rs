//! `POST /admin/staff/{staff}`: another role or other nights, a suspension, an end of all sessions. Whatever is changed ends the
//! person's sessions and their PIN, and stands in the audit log with what was before and why.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use db::Conn;
use serde_json::{Value, json};
use uuid::Uuid;
use web::can::{Anything, StaffManage};
use web::{CsrfForm, Fault, Locale, redirect};

use super::store::{self, PersonRow};
use super::{nights_of, notices, person_page, within_reach};
use crate::Desk;
use crate::identity::ClientAddress;
use crate::staff::session::{end, step_up};
use crate::staff::{Member, roles};

/// What is wanted.
#[derive(Debug)]
enum Act {
    /// This role, on these nights; none: on all.
    Change {
        role: String,
        nights: Option<Vec<Uuid>>,
    },
    Suspend,
    TakeBack,
    EndSessions,
}

impl Act {
    fn code(&self) -> &'static str {
        match self {
            Self::Change { .. } => "staff.changed",
            Self::Suspend => "staff.suspended",
            Self::TakeBack => "staff.taken_back",
            Self::EndSessions => "staff.sessions_ended",
        }
    }

    fn mail(&self) -> &'static str {
        match self {
            Self::Change { .. } | Self::EndSessions => notices::CHANGED,
            Self::Suspend => notices::SUSPENDED,
            Self::TakeBack => notices::TAKEN_BACK,
        }
    }

    fn read(form: &HashMap<String, String>) -> Result<Self, Fault> {
        let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        match text("act") {
            "suspend" => Ok(Self::Suspend),
            "take-back" => Ok(Self::TakeBack),
            "end-sessions" => Ok(Self::EndSessions),
            "change" => Ok(Self::Change { role: text("role").to_owned(), nights: nights_of(form)? }),
            _ => Err(Fault::invalid("validation_failed").field("act", "required")),
        }
    }
}

/// Does it, if a second factor was given lately, and comes back to the person.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    member: Member<StaffManage>,
    staff: Path<Uuid>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let staff = staff.into_inner();
    let back = format!("/admin/staff/{staff}");
    if let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await? {
        return step_up::ask(&desk, (&request, locale), &member, &sent.form, &back, problem).await;
    }
    let fault = match done(&desk, &member, staff, &sent.form).await {
        Ok(()) => return Ok(redirect::see_other(&format!("{back}?done=yes"))),
        Err(fault) => fault,
    };
    let field = fault.fields().first().map(|each| each.field.clone()).unwrap_or_default();
    let problem = match (fault.code(), field.as_str()) {
        ("last_owner", _) => "staff-problem-last-owner",
        ("beyond_your_permissions", _) => "staff-problem-beyond",
        ("account_erased", _) => "staff-problem-erased",
        ("validation_failed", "reason") => "staff-problem-reason",
        ("validation_failed", "nights") => "staff-problem-nights",
        ("validation_failed", "role") => "staff-problem-role",
        _ => return Err(fault),
    };
    person_page::refused(&desk, (&request, locale), &member, staff, fault.status(), problem).await
}

async fn done(
    desk: &Desk,
    member: &Member<StaffManage>,
    staff: Uuid,
    form: &HashMap<String, String>,
) -> Result<(), Fault> {
    let reason = audit::reason(form.get("reason").map(String::as_str).unwrap_or_default())?;
    let act = Act::read(form)?;
    let actor = member.actor().because(reason);
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            store::hold_all(conn).await?;
            let before = store::one(conn, staff).await?.ok_or_else(Fault::not_found)?;
            let was = told(conn, &before).await?;
            within_reach(member, roles::store::grants_of(conn, staff, &before.role).await?.can)?;
            let owned = store::owners(conn).await?;
            apply(conn, member, &before, &act, now).await?;
            if owned > 0 && store::owners(conn).await? == 0 {
                return Err(Fault::conflict("last_owner"));
            }
            let ended = end::all(conn, staff, now).await?;
            let after = store::one(conn, staff).await?.ok_or_else(Fault::not_found)?;
            let is = told(conn, &after).await?;
            if is != was {
                notices::changed(desk, conn, &after, act.mail(), now).await?;
            }
            let detail =
                json!({"before": was, "after": is, "sessions_ended": ended.sessions, "pin_ended": ended.pin});
            audit::record(conn, &actor, act.code(), &staff.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    tracing::info!(%staff, act = act.code(), "a member of the staff was changed");
    Ok(())
}

async fn apply(
    conn: &mut Conn,
    member: &Member<StaffManage>,
    person: &PersonRow,
    act: &Act,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    match act {
        Act::Change { role, nights } => {
            let wrong = |field: &'static str| Fault::invalid("validation_failed").field(field, "unknown");
            let can = roles::store::permissions_of(conn, role).await?.ok_or_else(|| wrong("role"))?;
            within_reach(member, can)?;
            store::set_role(conn, person.id, role, now).await?;
            roles::store::free(conn, person.id).await?;
            if let Some(nights) = nights
                && store::bind(conn, person.id, nights, now).await? != nights.len()
            {
                return Err(wrong("nights"));
            }
        }
        Act::Suspend => store::suspend(conn, person.id, person.disabled_at.or(Some(now)), now).await?,
        Act::TakeBack if person.email.is_none() => return Err(Fault::conflict("account_erased")),
        Act::TakeBack => store::suspend(conn, person.id, None, now).await?,
        Act::EndSessions => {}
    }
    Ok(())
}

/// What the audit log says of somebody: no name, no address.
async fn told(conn: &mut Conn, person: &PersonRow) -> Result<Value, Fault> {
    let nights = roles::store::nights_of(conn, person.id).await?;
    Ok(json!({"role": person.role, "nights": nights, "suspended": person.disabled_at.is_some()}))
}
