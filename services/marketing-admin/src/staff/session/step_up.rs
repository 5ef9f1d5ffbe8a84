//! A second factor in the middle of a form: what was typed is shown once more, closed, with a field for the code below it, and
//! goes to where it was going. Nothing is lost, and no other page that is open has its form invalidated.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use ui::Shell;
use web::csrf;
use web::{Fault, Locale};

use crate::Desk;
use crate::identity::{ClientAddress, factors};
use crate::staff::Member;
use crate::staff::session::prove;
use crate::views::{self, Room};

/// The field of the code in a form that is sent again.
const FIELD: &str = "second_factor";

#[derive(Template)]
#[template(path = "proofs/step_up.html")]
struct StepUpPage {
    shell: Shell,
    csrf: String,
    action: String,
    fields: Vec<(String, String)>,
    back: String,
    problem: String,
    codes: bool,
    passkeys: bool,
}

/// Whether the act of a form may go on: they proved lately who they are, or the form brings a code that fits. Otherwise the key
/// of what to say (empty: nothing was tried), for [`ask`].
pub async fn given<P>(
    desk: &Desk,
    member: &Member<P>,
    from: &ClientAddress,
    form: &HashMap<String, String>,
) -> Result<Result<(), &'static str>, Fault> {
    if member.proved(desk.clock.now()).is_ok() {
        return Ok(Ok(()));
    }
    let code = form.get(FIELD).map(|code| code.trim()).unwrap_or_default();
    if code.is_empty() {
        return Ok(Err(""));
    }
    match prove::by_code(desk, member, from, code).await {
        Ok(()) => Ok(Ok(())),
        Err(fault) if fault.code() == "invalid_credentials" => Ok(Err("proofs-code-wrong")),
        Err(fault) if fault.status() == StatusCode::TOO_MANY_REQUESTS => Ok(Err("admin-sign-in-too-often")),
        Err(fault) => Err(fault),
    }
}

/// The page that asks for it: 403, with the form to be sent again. `back` is the page on which it stood.
pub async fn ask<P>(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<P>,
    form: &HashMap<String, String>,
    back: &str,
    problem: &str,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let theirs = factors::of(&mut conn, member.id.uuid()).await?;
    drop(conn);
    let title = ui::text(locale.0, "proofs-prove-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Own, &title).at(back);
    let fields = form.iter().filter(|(name, _)| *name != FIELD && *name != csrf::FIELD);
    let mut fields: Vec<_> = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    fields.sort();
    let page = StepUpPage {
        csrf: member.csrf_token().to_owned(),
        action: request.path().to_owned(),
        fields,
        back: back.to_owned(),
        problem: if problem.is_empty() { String::new() } else { shell.t(problem) },
        codes: theirs.codes(),
        passkeys: theirs.passkeys > 0,
        shell,
    };
    views::private(StatusCode::FORBIDDEN, &page)
}
