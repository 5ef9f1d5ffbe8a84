//! The page's templates.

use askama::Template;
use domain::{admission::Reason, language::Language};
use ui::{ErrorPage, ErrorWords, Links, Shell, Site, format};
use web::ErrorView;

use super::assets::BUNDLE;
use crate::{devices::PhoneView, door::list::EventView};

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
    /// Whether the code of a second factor is asked for.
    pub code: bool,
    /// The enrolled phone, with those who have a PIN.
    pub phone: Option<PhoneView>,
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
    /// The same by their id, which goes with each scan.
    pub staff_id: String,
    /// The name of the enrolled phone; none on another.
    pub phone: Option<String>,
    /// Whether they answer for the door.
    pub supervises: bool,
    /// The public keys that sign the nights' lists, `{"<kid>": "<base64>"}`: the page believes no others.
    pub manifest_keys: String,
    /// After how many minutes every phone's list counts as old; its holder may set less.
    pub oldest: i32,
    /// The gate that this phone is enrolled for; empty for none.
    pub bound: String,
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

    /// The sentence of every reason, for the verdicts that the phone finds by itself: with `{time}` and the like where the server
    /// would put the fact.
    fn sentences(&self) -> Vec<(String, String)> {
        const SHORTER: [&str; 5] =
            ["other-event", "other-zone", "full-zone", "too-early-for-this", "too-late-for-this"];
        let say = |key: &str| blank(self.shell.lang, &format!("scanner-reason-{}", key.replace('_', "-")));
        let reasons = Reason::ALL.iter().map(|reason| reason.code());
        reasons.chain(SHORTER).map(|key| (key.to_owned(), say(key))).collect()
    }

    /// What the script says by itself.
    fn words(&self) -> Vec<(&'static str, String)> {
        let old = SCANNER_WORDS.iter().map(|key| (*key, format!("scanner-{key}")));
        let own = DOOR_WORDS.iter().map(|key| (*key, format!("door-{key}")));
        let parties = PARTY_WORDS.iter().map(|key| (*key, format!("parties-{key}")));
        old.chain(own).chain(parties).map(|(key, name)| (key, blank(self.shell.lang, &name))).collect()
    }
}

/// A text with its facts left blank: `{time}` where a time will stand.
fn blank(language: Language, key: &str) -> String {
    const FACTS: [(&str, &str); 16] = [
        ("age", "{age}"),
        ("conflicts", "{conflicts}"),
        ("event", "{event}"),
        ("gate", "{gate}"),
        ("host", "{host}"),
        ("inside", "{inside}"),
        ("limit", "{limit}"),
        ("n", "{n}"),
        ("name", "{name}"),
        ("of", "{of}"),
        ("refused", "{refused}"),
        ("sentence", "{sentence}"),
        ("tables", "{tables}"),
        ("time", "{time}"),
        ("type", "{type}"),
        ("zone", "{zone}"),
    ];
    let facts: Vec<(&'static str, &dyn ui::Argument)> =
        FACTS.iter().map(|(name, blank)| (*name, blank as &dyn ui::Argument)).collect();
    ui::text(language, key, &facts)
}

/// What the script says with the words of scanning.
const SCANNER_WORDS: [&str; 12] = [
    "title-exit",
    "unconfirmed-title",
    "unconfirmed-text",
    "refused-title",
    "checking",
    "camera-starting",
    "camera-refused",
    "camera-missing",
    "camera-busy",
    "aim",
    "gone-title",
    "gone-text",
];

/// What it says of a party with a table.
const PARTY_WORDS: [&str; 4] = ["verdict-table", "verdict-tables", "verdict-in", "verdict-host"];

/// What it says with those of the app.
const DOOR_WORDS: &[&str] = &[
    "years",
    "id-ask",
    "id-title",
    "id-text",
    "id-refused",
    "id-no-answer",
    "aim-exit",
    "status-online",
    "status-online-list",
    "status-loading",
    "status-offline",
    "status-no-list",
    "status-list-over",
    "status-old",
    "status-waits-one",
    "status-waits",
    "status-refused",
    "status-clock",
    "status-signed-out",
    "caution-unlisted",
    "caution-old",
    "decided-here",
    "unwritten-title",
    "unwritten-full",
    "unwritten-broken",
    "conflict",
    "conflict-not-good",
    "conflict-although",
    "late-admit",
    "late-deny",
    "a-guest",
    "another-gate",
    "list-forged",
    "list-full",
    "sent-again",
    "undo",
    "undo-sure",
    "undo-reason",
    "undone",
    "undo-exit",
    "undo-exit-sure",
    "undone-exit",
    "undo-no-answer",
    "undo-refused",
    "override-no-answer",
    "override-refused",
    "photo-take",
    "photo-again",
    "photo-saving",
    "photo-saved",
    "photo-no-picture",
    "photo-no-answer",
    "photo-signed-out",
    "photo-off",
    "photo-unknown",
    "photo-too-many",
    "photo-refused",
    "training-title",
    "training-no-list",
    "queue",
    "storage-kept",
    "storage-may-go",
    "entry",
    "exit",
    "training",
];

/// What went wrong, as a page.
pub fn error_page(view: &ErrorView) -> String {
    let told: Vec<_> = view.args.iter().map(|(name, value)| (*name, ui::Told(value))).collect();
    let args: Vec<(&'static str, &dyn ui::Argument)> =
        told.iter().map(|(name, value)| (*name, value as &dyn ui::Argument)).collect();
    let links = Links::new("/", "/", "/");
    let words = ui::error_words(&ErrorPage {
        lang: view.language,
        site: Site::Scanner,
        links: &links,
        path: &view.path,
        repeatable: view.repeatable,
        status: view.status.as_u16(),
        code: view.code,
        message: Some(&view.message_key),
        args: &args,
        request_id: &view.request_id,
    });
    let error = ErrorTemplate {
        shell: shell(view.language, "scanner-door", &links),
        words,
        request_id: view.request_id.clone(),
        sign_in: view.sign_in.clone().unwrap_or_default(),
    };
    // Writing to a String can't fail; if a template ever could, the doorman still gets the first sentence.
    error.render().unwrap_or(error.words.happened)
}

#[derive(Template)]
#[template(path = "fault.html")]
struct ErrorTemplate {
    shell: Shell,
    words: ErrorWords,
    request_id: String,
    sign_in: String,
}

impl ErrorTemplate {
    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}
