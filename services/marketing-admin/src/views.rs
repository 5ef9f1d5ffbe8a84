//! What the pages of this service share: the desk's frame, private answers, the way a request was addressed.

use std::sync::OnceLock;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{ErrorPage, Links, Person, Shell, Site};
use web::{ErrorView, Fault, Locale};

use crate::Desk;
use crate::staff::Member;

/// Where the three sites are; an error page knows nothing else of the service.
static LINKS: OnceLock<Links> = OnceLock::new();

/// Tells the error pages where the three sites are.
pub fn set_links(links: &Links) {
    // Set already: by another instance in the same test process, with which a broken page may as well link.
    let _ = LINKS.set(links.clone());
}

/// How a fault looks to people: on the desk for staff, on the site for guests.
pub fn error_page(view: &ErrorView) -> String {
    let links = LINKS.get_or_init(|| Links::new("", "", ""));
    let told: Vec<_> = view.args.iter().map(|(name, value)| (*name, ui::Told(value))).collect();
    let args: Vec<(&'static str, &dyn ui::Argument)> =
        told.iter().map(|(name, value)| (*name, value as &dyn ui::Argument)).collect();
    ui::error_page(&ErrorPage {
        lang: view.language,
        site: site_of(&view.path),
        links,
        path: &view.path,
        repeatable: view.repeatable,
        status: view.status.as_u16(),
        code: view.code,
        message: Some(&view.message_key),
        args: &args,
        request_id: &view.request_id,
    })
}

/// The desk's pages stand below `/admin`.
fn site_of(path: &str) -> Site {
    let path = path.split('?').next().unwrap_or_default();
    if path == "/admin" || path.starts_with("/admin/") { Site::Admin } else { Site::Marketing }
}

/// A form that is nothing but its button.
#[derive(Debug, Deserialize)]
pub struct NoFields {}

/// Rooms of the desk, as the navigation lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Live figures.
    Tonight,
    /// Nights: list and form.
    Events,
    /// Orders: found, looked at, given back.
    Orders,
    /// Every movement of money.
    Payments,
    /// What is sold at the venue and given away.
    BoxOffice,
    /// Promo codes.
    Promos,
    /// Keys that sign guests' sessions.
    Keys,
    /// Who works here, and what they may do.
    Staff,
    /// When oneself works.
    Shifts,
    /// One's own way in: in no menu.
    Own,
    /// Emails and their fate.
    Emails,
    /// Who did what.
    Audit,
    /// Messages that could not be handled.
    DeadLetters,
}

const ROOMS: [(Room, &str, &str, Permission); 11] = [
    (Room::Tonight, "admin-nav-figures", "/admin", Permission::FiguresRead),
    (Room::Events, "admin-nav-events", "/admin/events", Permission::EventsRead),
    (Room::Orders, "admin-nav-orders", "/admin/orders", Permission::OrdersRead),
    (Room::Payments, "payments-nav", "/admin/payments", Permission::FiguresRead),
    (Room::BoxOffice, "box_office-nav", "/admin/box-office", Permission::BoxOfficeSell),
    (Room::Promos, "admin-nav-promos", "/admin/promos", Permission::PromosRead),
    (Room::Staff, "staff-nav", "/admin/staff", Permission::StaffManage),
    (Room::Emails, "admin-nav-emails", "/admin/emails", Permission::EmailsRead),
    (Room::Keys, "sessions-keys-title", "/admin/keys", Permission::KeysRotate),
    (Room::Audit, "audit-nav", "/admin/audit", Permission::AuditRead),
    (Room::DeadLetters, "admin-nav-dead-letters", "/admin/dead-letters", Permission::DeadLettersRead),
];

/// The frame of a page of the desk: who is signed in, and the rooms that person may enter.
pub fn desk_shell<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    room: Room,
    title: &str,
) -> Shell {
    let t = |key: &str| ui::text(locale.0, key, &[]);
    let mut shell = Shell::new(Site::Admin, locale.0, title, &desk.links).at(&address(request));
    for (each, label, href, permission) in ROOMS {
        if member.may(permission) {
            shell = shell.with_nav(t(label), href, each == room);
        }
    }
    // Everybody who works here has these, whatever else they may do.
    if !member.must_set_up() {
        shell = shell.with_nav(t("shifts-mine"), "/admin/shifts", room == Room::Shifts);
    }
    shell.with_person(Person {
        name: member.name.clone(),
        role: role_name(locale.0, &member.grants.role),
        sign_out: "/admin/sign-out".to_owned(),
        csrf: member.csrf_token().to_owned(),
    })
}

/// The name of a role; one of the club's own making stands for itself.
pub fn role_name(lang: Language, code: &str) -> String {
    let key = format!("admin-role-{}", code.replace('_', "-"));
    ui::try_text(lang, &key, &[]).unwrap_or_else(|| code.replace('_', " "))
}

/// What a message of this subject tells of, in words; a subject that no text knows stands for itself.
pub fn subject(lang: Language, subject: &str) -> String {
    let key = format!("admin-subject-{}", subject.replace(['.', '_'], "-"));
    ui::try_text(lang, &key, &[]).unwrap_or_else(|| subject.to_owned())
}

/// Path and query of a request that can be asked again; of a form's target, the page it stands on.
pub fn address(request: &HttpRequest) -> String {
    request.uri().path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned())
}

/// A page that no cache may keep.
pub fn private(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Fault> {
    let body = page.render()?;
    Ok(HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(body))
}

#[cfg(test)]
mod tests {
    use super::{site_of, subject};
    use domain::language::Language;
    use ui::Site;

    #[test]
    fn every_message_is_called_by_what_it_tells_of() {
        for (name, _) in messages::subjects::ALL {
            for lang in Language::ALL {
                assert_ne!(subject(lang, name), *name, "{} has no word for it", lang.code());
            }
        }
        assert_eq!(subject(Language::Es, "rain.forecast"), "rain.forecast");
    }

    #[test]
    fn a_fault_at_the_desk_is_shown_at_the_desk() {
        for (path, site) in [
            ("/admin", Site::Admin),
            ("/admin?lang=es", Site::Admin),
            ("/admin/events/new", Site::Admin),
            ("/", Site::Marketing),
            ("/administration", Site::Marketing),
        ] {
            assert_eq!(site_of(path), site, "{path}");
        }
    }
}
