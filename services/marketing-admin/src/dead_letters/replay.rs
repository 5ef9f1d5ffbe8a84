//! The buttons: one letter, or all of a service, handled again.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use heal::letters::Which;
use web::can::{Anything, DeadLettersReplay};
use web::{CsrfForm, Fault, redirect};

use crate::Desk;
use crate::services::{Away, Service};
use crate::staff::Member;
use crate::views::NoFields;

/// `POST /admin/dead-letters/{service}/{letter}/replay`.
pub async fn one(
    desk: Data<Desk>,
    member: Member<DeadLettersReplay>,
    letter: Path<(String, i64)>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let (service, letter) = letter.into_inner();
    again(&desk, &member, service.parse()?, Which::One(letter)).await
}

/// `POST /admin/dead-letters/{service}/replay`.
pub async fn all(
    desk: Data<Desk>,
    member: Member<DeadLettersReplay>,
    service: Path<String>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    again(&desk, &member, service.parse()?, Which::All).await
}

/// Back to the list, which says what became of it.
async fn again<P>(
    desk: &Desk,
    member: &Member<P>,
    service: Service,
    which: Which,
) -> Result<HttpResponse, Fault> {
    let done = match service.try_again(desk, member, which).await {
        Ok(asked) if asked.asked > 0 => format!("asked={}", asked.asked),
        Ok(_) => "gone=1".to_owned(),
        Err(Away) => format!("away={}", service.name()),
    };
    Ok(redirect::see_other(&format!("/admin/dead-letters?{done}")))
}
