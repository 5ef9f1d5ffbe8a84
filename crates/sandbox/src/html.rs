//! Pages as answers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

/// Renders a template; never cached, never framed, nothing loaded from elsewhere.
pub fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(text) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("X-Robots-Tag", "noindex"))
            .insert_header((
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; \
                 frame-ancestors 'self'; base-uri 'none'",
            ))
            .body(text),
        Err(fault) => {
            tracing::error!(%fault, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}
