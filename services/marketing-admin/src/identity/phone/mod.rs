//! Signing in by a code sent to one's phone, and adding a number to an account.
//!
//! [`sign_in`] asks for a number and sends a code, whether the number has an account or not: nobody learns which. The right code, typed
//! in the browser that asked, signs in, or makes an account without an address. [`mine`] adds a number to an account and removes it.

pub mod mine;
pub mod number;
pub mod send;
pub mod sign_in;
pub mod store;

use askama::Template;
use ui::{Shell, Site};
use web::{Fault, Locale};

use crate::Desk;

/// The page that asks for a number.
#[derive(Template)]
#[template(path = "phone/number.html")]
struct NumberPage {
    shell: Shell,
    action: &'static str,
    csrf: String,
    phone: String,
    error: String,
    next: String,
    /// The number that is to be removed; empty: there is none.
    known: String,
}

/// The page that asks for the code.
#[derive(Template)]
#[template(path = "phone/code.html")]
struct CodePage {
    shell: Shell,
    action: &'static str,
    again: &'static str,
    csrf: String,
    error: String,
    next: String,
    line: String,
}

/// The frame of one of these pages; `path` is where it can be asked for again, in another language.
fn shell(desk: &Desk, path: &str, locale: Locale, title: &str) -> Shell {
    let title = ui::text(locale.0, title, &[]);
    Shell::new(Site::Marketing, locale.0, title, &desk.links).at(path).unlisted()
}

/// Without an account at the SMS provider there are no such pages.
fn offered(desk: &Desk) -> Result<(), Fault> {
    if desk.sms.is_offered() { Ok(()) } else { Err(Fault::not_found()) }
}
