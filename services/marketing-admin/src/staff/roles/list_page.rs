//! `/admin/roles`: what each role lets people do, all of them side by side; on a phone one at a time.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use domain::permission::{PermissionSet, Role};
use serde::Deserialize;
use ui::Shell;
use web::can::StaffManage;
use web::{Fault, Locale};

use super::group::Group;
use super::{OwnRole, needs_second_factor, store};
use crate::Desk;
use crate::staff::Member;
use crate::staff::people::permission_name;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "roles/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    done: String,
    roles: Vec<Column>,
    groups: Vec<Rows>,
    /// How many columns the table has.
    width: usize,
}

/// A role.
struct Column {
    name: String,
    /// Where it is changed; empty for one of the nine.
    path: String,
    people: i64,
    second_factor: bool,
    /// What it lets people do, by what that is about.
    may: Vec<(String, Vec<String>)>,
}

/// The permissions of a group.
struct Rows {
    name: String,
    lines: Vec<Line>,
}

/// A permission, and which roles give it.
struct Line {
    name: String,
    second_factor: bool,
    given: Vec<bool>,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<StaffManage>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let own = store::own(&mut conn).await?;
    let people = store::holders(&mut conn).await?;
    drop(conn);
    let title = ui::text(locale.0, "roles-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Staff, &title);
    let own: Vec<OwnRole> = own.into_iter().filter(|role| !role.retired).collect();
    let built_in = Role::ALL.into_iter().map(Role::permissions);
    let all: Vec<PermissionSet> = built_in.chain(own.iter().map(|role| role.can)).collect();
    let page = ListPage {
        style: crate::assets::url("admin.css"),
        done: match done.done.as_str() {
            "made" => shell.t("roles-done-made"),
            "changed" => shell.t("roles-done-changed"),
            "retired" => shell.t("roles-done-retired"),
            _ => String::new(),
        },
        roles: columns(locale.0, &own, &people),
        groups: Group::ALL.into_iter().map(|group| rows(locale.0, group, &all)).collect(),
        width: all.len() + 2,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn columns(lang: Language, own: &[OwnRole], people: &HashMap<String, i64>) -> Vec<Column> {
    let count = |code: &str| people.get(code).copied().unwrap_or_default();
    let column = |name: String, path: String, people: i64, can: PermissionSet| Column {
        name,
        path,
        people,
        second_factor: needs_second_factor(can),
        may: may(lang, can),
    };
    let built_in = Role::ALL.into_iter().map(|role| {
        let name = views::role_name(lang, role.code());
        column(name, String::new(), count(role.code()), role.permissions())
    });
    let theirs = own.iter().map(|role| {
        column(role.name.clone(), format!("/admin/roles/{}", role.code), count(&role.code), role.can)
    });
    built_in.chain(theirs).collect()
}

fn may(lang: Language, can: PermissionSet) -> Vec<(String, Vec<String>)> {
    let held = |group: Group| {
        let held = group.permissions().filter(|permission| can.holds(*permission));
        held.map(|permission| permission_name(lang, permission)).collect::<Vec<_>>()
    };
    let groups = Group::ALL.into_iter().map(|group| (group.name(lang), held(group)));
    groups.filter(|(_, held)| !held.is_empty()).collect()
}

fn rows(lang: Language, group: Group, roles: &[PermissionSet]) -> Rows {
    let lines = group.permissions().map(|permission| Line {
        name: permission_name(lang, permission),
        second_factor: !permission.is_harmless(),
        given: roles.iter().map(|can| can.holds(permission)).collect(),
    });
    Rows { name: group.name(lang), lines: lines.collect() }
}
