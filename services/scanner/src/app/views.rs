//! The page's templates.

use std::fmt::Write as _;

use askama::Template;
use domain::{admission::Reason, language::Language};
use ui::{Links, Shell, Site, format};
use web::ErrorView;

use super::assets::BUNDLE;
use crate::door::list::EventView;

/// The frame of this service's pages.
pub fn shell(language: Language, title_key: &str, links: &Links) -> Shell {
    Shell::new(Site::Scanner, language, ui::text(language, title_key, &[]), links)
}

/// The sign-in form.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub shell: Shell,
    /// Where to go afterwards.
    pub next: String,
    /// What was typed.
    pub email: String,
    /// Key of what went wrong; empty for nothing.
    pub problem: &'static str,
}

impl SignInPage {
    fn what_now(&self) -> String {
        self.shell.t(&format!("{}.next", self.problem))
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// Choosing and scanning; the script switches between the two.
#[derive(Template)]
#[template(path = "door.html")]
pub struct DoorPage {
    /// The frame.
    pub shell: Shell,
    /// Who scans.
    pub staff: String,
    /// The nights with their gates, tonight's first.
    pub nights: Vec<NightView>,
}

/// A night to choose.
pub struct NightView {
    /// The event with its gates.
    pub event: EventView,
    /// `Friday night, doors 22:00, until Saturday 06:00`
    pub when: String,
}

impl NightView {
    /// The night in the reader's language, on the venue's clock.
    pub fn new(event: EventView, language: Language) -> Self {
        let tz = event.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let when = format::night(language, event.starts_at, event.ends_at, tz);
        Self { event, when }
    }
}

impl DoorPage {
    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }

    /// The giant word of every reason, for the script.
    fn titles(&self) -> Vec<(&'static str, String)> {
        Reason::ALL
            .iter()
            .map(|reason| {
                (reason.code(), self.shell.t(&format!("scanner-title-{}", reason.code().replace('_', "-"))))
            })
            .collect()
    }

    /// What the script says by itself.
    fn words(&self) -> Vec<(&'static str, String)> {
        const KEYS: [&str; 13] = [
            "unconfirmed-title",
            "unconfirmed-text",
            "refused-title",
            "checking",
            "camera-starting",
            "camera-refused",
            "camera-missing",
            "camera-busy",
            "offline",
            "signed-out",
            "aim",
            "gone-title",
            "gone-text",
        ];
        KEYS.iter().map(|key| (*key, self.shell.t(&format!("scanner-{key}")))).collect()
    }
}

/// What went wrong, as a page.
pub fn error_page(view: &ErrorView) -> String {
    let mut page = String::new();
    let say = |part: &str| {
        let key = format!("{}{part}", view.message_key);
        let fallback = format!("{}{part}", view.fallback_key);
        ui::try_text(view.language, &key, &[])
            .or_else(|| ui::try_text(view.language, &fallback, &[]))
            .or_else(|| ui::try_text(view.language, &format!("shared-error-internal{part}"), &[]))
            .unwrap_or_default()
    };
    let links = Links::new("/", "/", "/");
    let error = ErrorTemplate {
        shell: shell(view.language, "scanner-door", &links),
        happened: say(""),
        meaning: say(".meaning"),
        next: say(".next"),
        request_id: view.request_id.clone(),
        sign_in: view.sign_in.clone().unwrap_or_default(),
    };
    // Writing to a String can't fail.
    let _ = write!(page, "{}", error.render().unwrap_or(error.happened));
    page
}

#[derive(Template)]
#[template(path = "fault.html")]
struct ErrorTemplate {
    shell: Shell,
    happened: String,
    meaning: String,
    next: String,
    request_id: String,
    sign_in: String,
}

impl ErrorTemplate {
    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}
