//! A person's picture. They choose it on their profile ([`mine`]); it is made anew from its pixels ([`pictures`]) and seen by them
//! and, of those who work here, by who manages the staff ([`staff`]). Who has none is shown by their initials.

pub mod mine;
pub mod staff;
mod store;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use db::{Conn, DbError};
use uuid::Uuid;

/// Where somebody's own picture is, if they have one.
pub async fn own(conn: &mut Conn, account: Uuid) -> Result<Option<String>, DbError> {
    at(conn, account, "/account/avatar".to_owned()).await
}

/// Where the picture of one of the staff is, if they have one.
pub async fn of_staff(conn: &mut Conn, staff: Uuid) -> Result<Option<String>, DbError> {
    at(conn, staff, format!("/admin/staff/{staff}/avatar")).await
}

/// A new picture has a new address.
async fn at(conn: &mut Conn, account: Uuid, path: String) -> Result<Option<String>, DbError> {
    let set = store::set_at(conn, account).await?;
    Ok(set.map(|set| format!("{path}?v={}", set.timestamp_millis())))
}

/// The picture, for nobody else's cache.
fn answer(jpeg: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "inline"))
        .content_type("image/jpeg")
        .body(jpeg)
}
