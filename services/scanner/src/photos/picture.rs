//! A photograph made anew ([`pictures`]), in the size in which the door keeps it.

use actix_web::http::StatusCode;
use pictures::{PictureError, Shape};
use web::Fault;

/// The longer side of what is kept.
const SIDE: u32 = 1280;

/// The picture as JPEG of at most 1280 pixels a side, upright, without metadata; 422 for bytes that are no picture that we take.
pub async fn anew(bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Vec<u8>, Fault> {
    pictures::anew(bytes, Shape::Within(SIDE)).await.map_err(|error| match error {
        PictureError::Interrupted(_) => Fault::internal(error),
        error => Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "image_rejected").detail(error.to_string()),
    })
}
