//! `/admin/roles/new` and `/admin/roles/{role}`: the form of a role of the club's own.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use domain::permission::{PermissionSet, Role};
use serde::Deserialize;
use ui::Shell;
use web::can::StaffManage;
use web::{Fault, Locale};

use super::group::Group;
use super::{OwnRole, store, wanted};
use crate::Desk;
use crate::staff::Member;
use crate::staff::people::{permission_name, within_reach};
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "roles/form.html")]
struct FormPage {
    shell: Shell,
    style: String,
    csrf: String,
    path: String,
    /// Whether it is yet to be made.
    fresh: bool,
    /// Whether the reader holds all that it gives; else the form is not shown.
    within_reach: bool,
    people: i64,
    name: String,
    reason: String,
    begins: Vec<Begin>,
    groups: Vec<Boxes>,
    problem: String,
}

/// A role that a new one may begin from.
struct Begin {
    code: String,
    name: String,
    chosen: bool,
}

/// The boxes of a group.
struct Boxes {
    name: String,
    boxes: Vec<TickBox>,
}

struct TickBox {
    field: String,
    name: String,
    ticked: bool,
    /// Whether the reader holds it, and so may give it.
    given: bool,
    second_factor: bool,
}

/// What stands in the form.
#[derive(Default)]
struct Filled {
    name: String,
    can: PermissionSet,
    reason: String,
    /// The code of the role that it began from.
    from: String,
}

/// What a new role begins from.
#[derive(Debug, Default, Deserialize)]
pub struct Begun {
    #[serde(default)]
    from: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The form of a new one, with the permissions of another one ticked if it begins from that.
pub async fn new(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<StaffManage>,
    begun: Query<Begun>,
) -> Result<HttpResponse, Fault> {
    let from = begun.into_inner().from;
    let mut conn = desk.db.conn().await?;
    let can = store::permissions_of(&mut conn, &from).await?.unwrap_or_default();
    drop(conn);
    // What its maker can't give is not ticked.
    let can = can.iter().filter(|permission| member.may(*permission)).collect();
    let filled = Filled { can, from, ..Filled::default() };
    let page = page(&desk, (&request, locale), &member, None, Some(filled)).await?;
    views::private(StatusCode::OK, &page)
}

/// The form of one of them.
pub async fn edit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<StaffManage>,
    role: Path<String>,
) -> Result<HttpResponse, Fault> {
    let page = page(&desk, (&request, locale), &member, Some(role.as_str()), None).await?;
    views::private(StatusCode::OK, &page)
}

/// The form as it was sent, with what is wrong; a fault that is not the form's goes on.
pub(super) async fn refused(
    desk: &Desk,
    asked: (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    role: Option<&str>,
    form: &HashMap<String, String>,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    let field = fault.fields().first().map(|each| each.field.clone()).unwrap_or_default();
    let problem = match (fault.code(), field.as_str()) {
        ("name_taken", _) => "roles-problem-taken",
        ("role_in_use", _) => "roles-problem-in-use",
        ("beyond_your_permissions", _) => "staff-problem-beyond",
        ("validation_failed", "reason") => "staff-problem-reason",
        ("validation_failed", "name") => "roles-problem-name",
        ("validation_failed", "can") => "roles-problem-nothing",
        _ => return Err(fault),
    };
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    // The form that retires a role sends neither name nor permissions.
    let filled = form.contains_key("name").then(|| Filled {
        name: text("name"),
        can: wanted::ticked(form),
        reason: text("reason"),
        from: String::new(),
    });
    let page = page(desk, asked, member, role, filled).await?;
    let problem = page.shell.t1(problem, "people", page.people);
    views::private(fault.status(), &FormPage { problem, ..page })
}

/// The page with what was filled in, or with the role as it is.
async fn page(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    role: Option<&str>,
    filled: Option<Filled>,
) -> Result<FormPage, Fault> {
    let lang = locale.0;
    let mut conn = desk.db.conn().await?;
    let own = store::own(&mut conn).await?;
    let people = store::holders(&mut conn).await?;
    drop(conn);
    let own: Vec<OwnRole> = own.into_iter().filter(|role| !role.retired).collect();
    let role = match role {
        Some(code) => Some(own.iter().find(|each| each.code == code).ok_or_else(Fault::not_found)?),
        None => None,
    };
    let title = role.map_or_else(|| ui::text(lang, "roles-new", &[]), |role| role.name.clone());
    let at = role.map_or_else(|| "/admin/roles/new".to_owned(), |role| format!("/admin/roles/{}", role.code));
    let as_is = || {
        let role = role.map(|role| (role.name.clone(), role.can)).unwrap_or_default();
        Filled { name: role.0, can: role.1, ..Filled::default() }
    };
    let Filled { name, can, reason, from } = filled.unwrap_or_else(as_is);
    Ok(FormPage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        path: if role.is_some() { at.clone() } else { "/admin/roles".to_owned() },
        fresh: role.is_none(),
        within_reach: role.is_none_or(|role| within_reach(member, role.can).is_ok()),
        people: role.and_then(|role| people.get(&role.code).copied()).unwrap_or_default(),
        begins: begins(lang, &own, &from),
        groups: Group::ALL.into_iter().map(|group| boxes(lang, member, group, can)).collect(),
        name,
        reason,
        problem: String::new(),
        shell: views::desk_shell(desk, request, locale, member, Room::Staff, &title).at(&at),
    })
}

fn begins(lang: Language, own: &[OwnRole], from: &str) -> Vec<Begin> {
    let built_in =
        Role::ALL.into_iter().map(|role| (role.code().to_owned(), views::role_name(lang, role.code())));
    let theirs = own.iter().map(|role| (role.code.clone(), role.name.clone()));
    let all = built_in.chain(theirs);
    all.map(|(code, name)| Begin { chosen: code == from, code, name }).collect()
}

fn boxes(lang: Language, member: &Member<StaffManage>, group: Group, can: PermissionSet) -> Boxes {
    let boxes = group.permissions().map(|permission| TickBox {
        field: wanted::box_of(permission),
        name: permission_name(lang, permission),
        ticked: can.holds(permission),
        given: member.may(permission),
        second_factor: !permission.is_harmless(),
    });
    Boxes { name: group.name(lang), boxes: boxes.collect() }
}
