//! `POST /admin/staff/invitations`: somebody is invited. `POST /admin/staff/invitations/{invitation}`: the same once more, or the
//! invitation is withdrawn. As with every change of who works here, a second factor was given lately, and nobody gives what they
//! don't hold.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use uuid::Uuid;
use web::can::{Anything, StaffManage};
use web::{CsrfForm, Fault, Locale, redirect};

use super::Invited;
use super::send::{self, Wanted};
use crate::Desk;
use crate::identity::email::Email;
use crate::identity::entrance;
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Purpose};
use crate::identity::names;
use crate::identity::visit::Visit;
use crate::staff::people::{list_page, nights_of, within_reach};
use crate::staff::session::step_up;
use crate::staff::{Member, roles};

type Form = HashMap<String, String>;

/// Invites somebody, and comes back to the list.
pub async fn invite(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    member: Member<StaffManage>,
    sent: CsrfForm<Form, Anything>,
) -> Result<HttpResponse, Fault> {
    if let Err(problem) = step_up::given(&desk, &member, &visit.address, &sent.form).await? {
        let asked = (&request, locale);
        return step_up::ask(&desk, asked, &member, &sent.form, list_page::PATH, problem).await;
    }
    match invited(&desk, &member, &visit, &sent.form).await {
        Ok(()) => Ok(done(&member, "invited")),
        Err(fault) => refused(&desk, (&request, locale), &member, fault, &sent.form).await,
    }
}

/// Sends it again (`act=again`), with another link, or withdraws it (`act=withdraw`).
pub async fn change(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    member: Member<StaffManage>,
    invitation: Path<Uuid>,
    sent: CsrfForm<Form, Anything>,
) -> Result<HttpResponse, Fault> {
    if let Err(problem) = step_up::given(&desk, &member, &visit.address, &sent.form).await? {
        let asked = (&request, locale);
        return step_up::ask(&desk, asked, &member, &sent.form, list_page::PATH, problem).await;
    }
    let (changed, word) = match text(&sent.form, "act") {
        "again" => (again(&desk, &member, &visit, *invitation).await, "invited"),
        "withdraw" => (withdraw(&desk, &member, *invitation).await, "withdrawn"),
        _ => (Err(wrong("act", "required")), ""),
    };
    match changed {
        Ok(()) => Ok(done(&member, word)),
        Err(fault) => refused(&desk, (&request, locale), &member, fault, &Form::new()).await,
    }
}

fn done(member: &Member<StaffManage>, word: &str) -> HttpResponse {
    tracing::info!(staff = %member.id, act = word, "an invitation");
    redirect::see_other(&format!("{}?done={word}", list_page::PATH))
}

/// The list with what is wrong, and what was typed.
async fn refused(
    desk: &Desk,
    asked: (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    fault: Fault,
    form: &Form,
) -> Result<HttpResponse, Fault> {
    let field = fault.fields().first().map(|each| each.field.clone()).unwrap_or_default();
    let problem = match (fault.code(), field.as_str()) {
        ("works_here_already", _) => "invitations-problem-works-here",
        ("invitation_over", _) => "invitations-problem-over",
        ("rate_limited", _) => "invitations-problem-too-often",
        ("beyond_your_permissions", _) => "staff-problem-beyond",
        ("validation_failed", "name") => "invitations-problem-name",
        ("validation_failed", "email") => "invitations-problem-email",
        ("validation_failed", "nights") => "staff-problem-nights",
        ("validation_failed", "role") => "staff-problem-role",
        _ => return Err(fault),
    };
    list_page::refused(desk, asked, member, form, fault.status(), problem).await
}

async fn invited(desk: &Desk, member: &Member<StaffManage>, visit: &Visit, form: &Form) -> Result<(), Fault> {
    let (email, invited) = read(form, member.id.uuid())?;
    mail(desk, member, visit, (email.as_str(), invited), None).await
}

async fn again(
    desk: &Desk,
    member: &Member<StaffManage>,
    visit: &Visit,
    invitation: Uuid,
) -> Result<(), Fault> {
    let unused = links::unused(&mut *desk.db.conn().await?, Purpose::Invitation).await?;
    let link = unused.into_iter().find(|link| link.id == invitation).ok_or_else(over)?;
    // From now on it is theirs who sent it last.
    let invited = Invited { inviter: Some(member.id.uuid()), ..Invited::of(link.payload)? };
    mail(desk, member, visit, (link.email.as_str(), invited), Some(invitation)).await
}

/// `instead`: the invitation in whose place it is sent.
async fn mail(
    desk: &Desk,
    member: &Member<StaffManage>,
    visit: &Visit,
    (email, invited): (&str, Invited),
    instead: Option<Uuid>,
) -> Result<(), Fault> {
    limits::take(desk, Limit::Invitation, visit, email).await?;
    // Whoever invites works here: they are told what a stranger would not be.
    if !limits::quiet(desk, Limit::Invitation, email).await? {
        return Err(too_often());
    }
    let now = desk.clock.now();
    let wanted = Wanted {
        email,
        invited: &invited,
        by: Some(&member.name),
        language: visit.language,
        again: instead.is_some(),
        mailed: true,
    };
    desk.db
        .transaction(async |conn| {
            let can = roles::store::permissions_of(conn, &invited.role).await?;
            within_reach(member, can.ok_or_else(|| wrong("role", "unknown"))?)?;
            if let Some(nights) = &invited.nights
                && super::store::titles(conn, nights).await?.len() != nights.len()
            {
                return Err(wrong("nights", "unknown"));
            }
            if let Some(before) = instead {
                links::end(conn, Purpose::Invitation, before, now).await?.ok_or_else(over)?;
            }
            send::make(desk, conn, &member.actor(), &wanted, now).await.map(drop)
        })
        .await
}

async fn withdraw(desk: &Desk, member: &Member<StaffManage>, invitation: Uuid) -> Result<(), Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let link = links::end(conn, Purpose::Invitation, invitation, now).await?.ok_or_else(over)?;
            let invited = Invited::of(link.payload)?;
            // A role that is given to nobody any more lets nobody do anything.
            let can = roles::store::permissions_of(conn, &invited.role).await?;
            within_reach(member, can.unwrap_or_default())?;
            let detail = json!({"role": invited.role, "nights": invited.nights});
            let target = invitation.to_string();
            audit::record(conn, &member.actor(), "staff.invitation_withdrawn", &target, detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

fn read(form: &Form, inviter: Uuid) -> Result<(Email, Invited), Fault> {
    let name = names::tidy(text(form, "name"));
    if names::problem(&name).is_some() {
        return Err(wrong("name", "out_of_range"));
    }
    let email = entrance::address_of(text(form, "email")).ok_or_else(|| wrong("email", "invalid"))?;
    let role = text(form, "role").to_owned();
    Ok((email, Invited { name, role, nights: nights_of(form)?, inviter: Some(inviter) }))
}

fn text<'a>(form: &'a Form, name: &str) -> &'a str {
    form.get(name).map(String::as_str).unwrap_or_default()
}

fn wrong(field: &'static str, code: &'static str) -> Fault {
    Fault::invalid("validation_failed").field(field, code)
}

/// It was accepted or withdrawn, or is forgotten.
fn over() -> Fault {
    Fault::conflict("invitation_over")
}

fn too_often() -> Fault {
    Fault::rate_limited(std::time::Duration::from_secs(u64::from(Limit::Invitation.rates().person.every)))
}
