//! A page from a template.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use askama::Template;

use crate::fault::Fault;

/// Answers with an askama template. Other than 200: `Html(page).customize().with_status(…)`.
#[derive(Debug)]
pub struct Html<T>(pub T);

impl<T: Template> Responder for Html<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match self.0.render() {
            Ok(page) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page),
            Err(error) => HttpResponse::from_error(Fault::internal(error)),
        }
    }
}
