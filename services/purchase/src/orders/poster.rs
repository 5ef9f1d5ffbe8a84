//! `GET /orders/{reference}/poster.svg?key=…`: the art on an order's tickets. It is the guest's whatever became of the night:
//! private, called off, or at another address by now.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use web::{Fault, Locale};

use super::view;
use crate::catalog::poster::{Art, draw};
use crate::{Shop, catalog};

/// What opens the order, and which format.
#[derive(Debug, Deserialize)]
pub struct PosterQuery {
    #[serde(default)]
    key: String,
    #[serde(default)]
    shape: String,
}

/// Shows it to whom the order belongs.
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    locale: Locale,
    query: Query<PosterQuery>,
) -> Result<HttpResponse, Fault> {
    let order = view::open(&shop, &reference, &query.key).await?;
    let event = catalog::store::event(&mut *shop.db.conn().await?, order.event_id).await?;
    let event = event.ok_or_else(Fault::not_found)?;
    let art = Art {
        event: event.id,
        title: &event.title,
        starts_at: event.starts_at,
        tz: event.time_zone.parse().unwrap_or_default(),
    };
    Ok(draw(&art, locale.0, &query.shape, false))
}
