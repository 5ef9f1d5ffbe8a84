//! `/admin/staff/{staff}`: one of the staff, what they may do and why, and the forms that change it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::permission::{Grants, Permission, Role};
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::StaffManage;
use web::{Fault, Locale};

use super::{permission_name, store};
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::identity::mine::initials;
use crate::identity::{avatar, factors};
use crate::staff::Member;
use crate::staff::roles::{self, OwnRole};
use crate::views::{self, Room};

/// How long a night that is over is still offered.
const LINGER: TimeDelta = TimeDelta::days(1);

#[derive(Template)]
#[template(path = "staff/person.html")]
struct PersonPage {
    shell: Shell,
    style: String,
    csrf: String,
    path: String,
    name: String,
    initials: String,
    /// Where their picture is.
    picture: Option<String>,
    email: String,
    role: String,
    suspended: bool,
    erased: bool,
    second_factor: bool,
    bound: bool,
    roles: Vec<Choice>,
    nights: Vec<Choice>,
    held: Vec<Line>,
    not_held: Vec<Line>,
    problem: String,
    done: bool,
}

/// What can be chosen, and whether it is.
pub(in crate::staff) struct Choice {
    pub(in crate::staff) id: String,
    pub(in crate::staff) name: String,
    pub(in crate::staff) chosen: bool,
}

/// A permission, and why they hold it or don't.
struct Line {
    name: String,
    why: String,
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
    staff: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let page = page(&desk, (&request, locale), &member, *staff).await?;
    views::private(StatusCode::OK, &PersonPage { done: done.done == "yes", ..page })
}

/// The page with what is wrong.
pub(super) async fn refused(
    desk: &Desk,
    asked: (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    staff: Uuid,
    status: StatusCode,
    problem: &str,
) -> Result<HttpResponse, Fault> {
    let page = page(desk, asked, member, staff).await?;
    let problem = page.shell.t(problem);
    views::private(status, &PersonPage { problem, ..page })
}

async fn page(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    staff: Uuid,
) -> Result<PersonPage, Fault> {
    let lang = locale.0;
    let mut conn = desk.db.conn().await?;
    let person = store::one(&mut conn, staff).await?.ok_or_else(Fault::not_found)?;
    let own = roles::store::own(&mut conn).await?;
    let grants = roles::store::grants_of(&mut conn, staff, &person.role).await?;
    let theirs = factors::of(&mut conn, staff).await?;
    let picture = avatar::of_staff(&mut conn, staff).await?;
    let all = events::load(&mut conn, Which::All).await?;
    drop(conn);
    let title =
        if person.name.is_empty() { ui::text(lang, "staff-nameless", &[]) } else { person.name.clone() };
    let path = format!("/admin/staff/{staff}");
    let shell = views::desk_shell(desk, request, locale, member, Room::Staff, &title).at(&path);
    let role = roles::name_of(lang, &person.role, &own);
    let (held, not_held): (Vec<_>, Vec<_>) =
        Permission::ALL.into_iter().partition(|permission| grants.may(*permission));
    let line = |permission| Line {
        name: permission_name(lang, permission),
        why: why(&shell, &grants, permission, &role, &own),
    };
    Ok(PersonPage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        initials: initials::of(&person.name, person.email.as_deref()),
        picture,
        name: title,
        email: person.email.clone().unwrap_or_default(),
        suspended: person.disabled_at.is_some(),
        erased: person.email.is_none(),
        second_factor: theirs.totp || theirs.passkeys > 0,
        bound: grants.is_limited(),
        nights: night_choices(lang, &grants, all, desk.clock.now()),
        roles: role_choices(lang, &own, &person.role),
        held: held.into_iter().map(line).collect(),
        not_held: not_held.into_iter().map(line).collect(),
        problem: String::new(),
        done: false,
        role,
        path,
        shell,
    })
}

/// The nights that are not over, and those they are bound to.
pub(in crate::staff) fn night_choices(
    lang: Language,
    grants: &Grants,
    all: Vec<Event>,
    now: DateTime<Utc>,
) -> Vec<Choice> {
    let since = now - LINGER;
    let offered = all.into_iter().filter(|night| night.row.ends_at > since || binds(grants, night));
    offered.map(|night| choice_of(lang, grants, night)).collect()
}

/// The roles that can be given, and the one that is held.
pub(in crate::staff) fn role_choices(lang: Language, own: &[OwnRole], held: &str) -> Vec<Choice> {
    let codes = codes_in_use(own, held).into_iter();
    codes
        .map(|code| Choice { chosen: code == held, name: roles::name_of(lang, &code, own), id: code })
        .collect()
}

fn codes_in_use(own: &[OwnRole], held: &str) -> Vec<String> {
    let built_in = Role::ALL.into_iter().map(|role| role.code().to_owned());
    let theirs = own.iter().filter(|role| !role.retired || role.code == held).map(|role| role.code.clone());
    built_in.chain(theirs).collect()
}

fn binds(grants: &Grants, night: &Event) -> bool {
    grants.is_limited() && grants.reaches(night.row.id.into())
}

fn choice_of(lang: Language, grants: &Grants, night: Event) -> Choice {
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    Choice {
        chosen: binds(grants, &night),
        name: format!("{} · {}", night.row.title, format::date_time(lang, night.row.starts_at, zone)),
        id: night.row.id.to_string(),
    }
}

/// Why they may or may not.
fn why(shell: &Shell, grants: &Grants, permission: Permission, role: &str, own: &[OwnRole]) -> String {
    if grants.may(permission) {
        let key = if grants.is_limited() { "staff-why-role-nights" } else { "staff-why-role" };
        return shell.t1(key, "role", role.to_owned());
    }
    let built_in = Role::ALL.into_iter().filter(|role| role.may(permission));
    let theirs = own.iter().filter(|role| !role.retired && role.can.holds(permission));
    let built_in = built_in.map(|role| views::role_name(shell.lang, role.code()));
    let names: Vec<String> = built_in.chain(theirs.map(|role| role.name.clone())).collect();
    shell.t1("staff-why-not", "roles", names.join(", "))
}
