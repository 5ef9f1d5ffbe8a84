//! What a phone shows of itself: its sign-in, its enrolment, the PIN.

use askama::Template;
use domain::language::Language;
use internal_api::marketing_admin::pins::PinHolder;
use ui::{Links, Shell};
use uuid::Uuid;

use crate::{
    Door,
    app::{assets::BUNDLE, shell},
    devices::Device,
};

/// The phone that a sign-in happens on.
pub struct PhoneView {
    /// Its name.
    pub name: String,
    /// Who has a PIN.
    pub people: Vec<PersonOption>,
    /// Whether that could not be asked.
    pub away: bool,
}

/// A name to tap.
pub struct PersonOption {
    /// Key of the account.
    pub staff: Uuid,
    /// The name.
    pub name: String,
    /// Whether it was tapped before.
    pub chosen: bool,
}

impl PhoneView {
    /// The phone, with those who have a PIN, as marketing-admin says.
    pub async fn of(door: &Door, device: &Device, chosen: Option<Uuid>) -> Self {
        let people = door.identity.pin_holders().await.inspect_err(|error| {
            tracing::info!(%error, "nobody said who has a PIN");
        });
        let away = people.is_err();
        let option = |holder: PinHolder| PersonOption {
            chosen: chosen == Some(holder.staff),
            staff: holder.staff,
            name: holder.name,
        };
        let people = people.unwrap_or_default().into_iter().map(option).collect();
        Self { name: device.name.clone(), people, away }
    }
}

/// A phone enrols itself.
#[derive(Template)]
#[template(path = "enrol.html")]
pub struct EnrolPage {
    shell: Shell,
    problem: &'static str,
}

impl EnrolPage {
    /// The form, with the key of what went wrong; empty for nothing.
    pub fn new(lang: Language, links: &Links, problem: &'static str) -> Self {
        Self { shell: shell(lang, "devices-enrol", links).at("/enrol"), problem }
    }

    fn what_now(&self) -> String {
        self.shell.t(&format!("{}.next", self.problem))
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}

/// A PIN is set.
#[derive(Template)]
#[template(path = "pin.html")]
pub struct PinPage {
    shell: Shell,
    csrf: String,
    problem: &'static str,
    done: bool,
}

impl PinPage {
    /// The form, with the key of what went wrong; empty for nothing.
    pub fn new(lang: Language, links: &Links, csrf: &str, problem: &'static str, done: bool) -> Self {
        Self { shell: shell(lang, "devices-pin-set", links).at("/pin"), csrf: csrf.to_owned(), problem, done }
    }

    fn what_now(&self) -> String {
        self.shell.t(&format!("{}.next", self.problem))
    }

    fn asset(&self, name: &str) -> String {
        BUNDLE.url(name)
    }
}
