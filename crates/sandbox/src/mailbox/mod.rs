//! The mailbox: every accepted email, to look at and for tests to read.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::clock;
use crate::house::House;
use crate::html;
use crate::resend::mail::Mail;

/// `?to=` narrows to one recipient.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct ListPage {
    to: String,
    mails: Vec<Row>,
}

struct Row {
    id: String,
    to: String,
    subject: String,
    sent_at: String,
    files: usize,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage<'a> {
    mail: &'a Mail,
    to: String,
    sent_at: String,
}

/// `GET /mailbox.json`, oldest first.
pub async fn json(house: Data<House>, wanted: Query<Wanted>) -> HttpResponse {
    let shown: Vec<Value> = house
        .look(|books| books.mails.iter().filter(|mail| fits(mail, &wanted)).map(Mail::in_mailbox).collect());
    HttpResponse::Ok().json(shown)
}

fn fits(mail: &Mail, wanted: &Wanted) -> bool {
    wanted.to.as_deref().map(str::trim).filter(|to| !to.is_empty()).is_none_or(|to| mail.is_to(to))
}

/// `GET /mailbox`, newest first.
pub async fn list(house: Data<House>, wanted: Query<Wanted>) -> HttpResponse {
    let row = |mail: &Mail| Row {
        id: mail.id.clone(),
        to: mail.to.join(", "),
        subject: mail.subject.clone(),
        sent_at: readable(mail.sent_at),
        files: mail.attachments.iter().filter(|file| file.content_id.is_none()).count(),
    };
    let mails = house.look(|books| {
        books.mails.iter().rev().filter(|mail| fits(mail, &wanted)).take(200).map(row).collect()
    });
    html::page(StatusCode::OK, &ListPage { to: wanted.to.clone().unwrap_or_default(), mails })
}

/// `GET /mailbox/{id}`.
pub async fn show(house: Data<House>, id: Path<String>) -> HttpResponse {
    let Some(mail) = house.look(|books| books.mails.get(&id).cloned()) else { return not_here() };
    let page = MailPage { mail: &mail, to: mail.to.join(", "), sent_at: readable(mail.sent_at) };
    html::page(StatusCode::OK, &page)
}

/// `GET /mailbox/{id}/html`: the email's own page, with its inline pictures.
pub async fn body(house: Data<House>, id: Path<String>) -> HttpResponse {
    let Some(mail) = house.look(|books| books.mails.get(&id).cloned()) else { return not_here() };
    let mut page = mail.html.clone().unwrap_or_default();
    for (at, file) in mail.attachments.iter().enumerate() {
        if let Some(cid) = &file.content_id {
            page = page.replace(&format!("cid:{cid}"), &format!("/mailbox/{id}/attachments/{at}"));
        }
    }
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        // An email runs no scripts and loads nothing from elsewhere; links open beside the mailbox.
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; \
             sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'",
        ))
        .body(format!("<base target=\"_blank\">{page}"))
}

/// `GET /mailbox/{id}/attachments/{number}`.
pub async fn attachment(house: Data<House>, request: HttpRequest, at: Path<(String, usize)>) -> HttpResponse {
    let (id, number) = at.into_inner();
    let found =
        house.look(|books| books.mails.get(&id).and_then(|mail| mail.attachments.get(number).cloned()));
    let Some(file) = found else { return not_here() };
    let bytes = STANDARD.decode(&file.content).unwrap_or_default();
    let place = if file.content_id.is_some() && request.query_string() != "download" {
        "inline"
    } else {
        "attachment"
    };
    let name: String =
        file.filename.chars().filter(|c| c.is_ascii_graphic() && !"\"\\/".contains(*c)).collect();
    HttpResponse::Ok()
        .insert_header(("Content-Type", file.content_type))
        .insert_header(("Content-Disposition", format!("{place}; filename=\"{name}\"")))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", "sandbox"))
        .body(bytes)
}

fn not_here() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such email here.\n")
}

fn readable(seconds: i64) -> String {
    let text = clock::rfc3339(seconds);
    text.get(..16).unwrap_or(&text).replace('T', " ")
}
