//! The page for everything that went wrong: what happened · what it means for you · what now, and a reference.

use askama::Template;
use domain::language::Language;

use crate::{Argument, Links, Shell, Site, text, try_text};

/// What is known about a failure when its page is written.
#[derive(Clone, Copy)]
pub struct ErrorPage<'a> {
    /// The reader's language.
    pub lang: Language,
    /// The site on which it happened.
    pub site: Site,
    /// Where the three sites are.
    pub links: &'a Links,
    /// Path and query of the failed request.
    pub path: &'a str,
    /// Whether it can be made again by following a link: it was a GET.
    pub repeatable: bool,
    /// HTTP status.
    pub status: u16,
    /// The stable code; its sentences are `shared-error-<code>` with dashes for underscores, and `-staff` behind it on
    /// the staff's sites where there is such a text.
    pub code: &'a str,
    /// Key of a message that says it better than the code's, if the service has one.
    pub message: Option<&'a str>,
    /// Arguments of the message.
    pub args: &'a [(&'static str, &'a dyn Argument)],
    /// Reference the guest can name to the club.
    pub request_id: &'a str,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate {
    shell: Shell,
    happened: String,
    meaning: String,
    next: String,
    request_id: String,
    way_label: String,
    way_href: String,
}

/// What an error page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorWords {
    /// What happened.
    pub happened: String,
    /// What it means for the reader.
    pub meaning: String,
    /// What to do now.
    pub next: String,
    /// The one button's label.
    pub way_label: String,
    /// Where it leads.
    pub way_href: String,
}

/// The words alone, for a page with a frame of its own.
pub fn error_words(error: &ErrorPage<'_>) -> ErrorWords {
    let (happened, meaning, next) = sentences(error);
    let (way_label, way_href) = way_forward(error);
    ErrorWords { happened, meaning, next, way_label, way_href }
}

/// The whole page as HTML.
pub fn error_page(error: &ErrorPage<'_>) -> String {
    let ErrorWords { happened, meaning, next, way_label, way_href } = error_words(error);
    // The language switch can't send a form again: it leads to the site's start.
    let here = if error.repeatable { error.path } else { "/" };
    let page = ErrorTemplate {
        shell: Shell::new(error.site, error.lang, happened.clone(), error.links).at(here).unlisted(),
        happened,
        meaning,
        next,
        request_id: error.request_id.to_owned(),
        way_label,
        way_href,
    };
    // Writing to a String can't fail; if a template ever could, the guest still gets the three sentences.
    page.render().unwrap_or_else(|_| format!("{} {} {}", page.happened, page.meaning, page.next))
}

/// The three sentences: the service's own message, or the code's, or those of the status. Staff have no money in it and work
/// with the page: where a text has a variant for them, they read that.
fn sentences(error: &ErrorPage<'_>) -> (String, String, String) {
    let knows = |key: &String| try_text(error.lang, key, error.args).is_some();
    let by_code = format!("shared-error-{}", error.code.replace('_', "-"));
    let candidates = [error.message.unwrap_or_default().to_owned(), by_code];
    let key = candidates.into_iter().find(knows).unwrap_or_else(|| by_status(error.status).to_owned());
    let for_staff = Some(format!("{key}-staff")).filter(|_| is_for_staff(error.site)).filter(knows);
    let key = for_staff.unwrap_or(key);
    let part = |name: &str| try_text(error.lang, &format!("{key}{name}"), error.args).unwrap_or_default();
    (part(""), part(".meaning"), part(".next"))
}

const fn is_for_staff(site: Site) -> bool {
    matches!(site, Site::Admin | Site::Scanner)
}

/// The key of the sentences for a status nobody gave a better code.
const fn by_status(status: u16) -> &'static str {
    match status {
        401 => "shared-error-session-ended",
        403 => "shared-error-forbidden",
        404 | 410 => "shared-error-not-found",
        405 => "shared-error-method-not-allowed",
        413 => "shared-error-payload-too-large",
        429 => "shared-error-rate-limited",
        400..=499 => "shared-error-request",
        502..=504 => "shared-error-unavailable",
        _ => "shared-error-internal",
    }
}

/// The one button of the page: the same page once more where that may help; else back to the nights for guests, to the start
/// of the tool for staff.
fn way_forward(error: &ErrorPage<'_>) -> (String, String) {
    if error.repeatable && matches!(error.status, 429 | 500..) {
        return (text(error.lang, "shared-try-again", &[]), error.path.to_owned());
    }
    match (error.site, error.code) {
        (Site::Admin, "proof_needed") => {
            return (text(error.lang, "proofs-way-prove", &[]), "/admin/prove".to_owned());
        }
        (Site::Admin, "second_factor_missing") => {
            return (text(error.lang, "proofs-way-set-up", &[]), "/admin/security".to_owned());
        }
        _ => {}
    }
    match error.site {
        Site::Marketing => (text(error.lang, "shared-see-nights", &[]), "/".to_owned()),
        Site::Tickets => (text(error.lang, "shared-see-nights", &[]), format!("{}/", error.links.marketing)),
        Site::Scanner => (text(error.lang, "shared-back-to-door", &[]), "/".to_owned()),
        Site::Admin => (text(error.lang, "shared-back-to-desk", &[]), "/admin".to_owned()),
    }
}
