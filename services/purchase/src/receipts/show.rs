//! `GET /orders/{reference}/receipt.pdf?key=…`: the receipt of an order that was paid, with money or with a credit, also after it was refunded.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use documents::receipt_pdf;
use web::{Fault, Locale};

use super::{number, paper, store};
use crate::Shop;
use crate::orders::view::{self, OrderQuery, OrderView};
use crate::papers::folder;

/// The paper. The first who asks before the worker came gives the order its number: the same one for everybody.
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let row = view::open(&shop, &reference, &query.key).await?;
    let seller = shop.seller.as_deref().ok_or_else(view::closed)?;
    let numbered = number::of(&shop, seller, row.key()).await?.ok_or_else(view::closed)?;
    let order = view::read(&shop, row).await?;
    let (paid, returned) = {
        let mut conn = shop.db.conn().await?;
        let key = order.row.key();
        // Nothing went through Stripe where staff took the money, and where a credit paid everything.
        let elsewhere = order.row.paid_at.filter(|_| order.row.at_venue() || order.row.total_minor == 0);
        let paid = match store::payment(&mut conn, key).await? {
            Some(paid) => paid,
            None => (elsewhere.ok_or_else(view::closed)?, order.row.total_minor),
        };
        (paid, store::returned(&mut conn, key).await?)
    };
    let printing = paper::Printing { lang: locale.0, at: shop.clock.now(), mode: shop.site.mode };
    let receipt = paper::receipt(&order, &numbered, paid, &returned, printing)?;
    let pdf = shop.press.make("receipt", move || receipt_pdf(&receipt)).await?;
    let name = format!("receipt-{}.pdf", numbered.printed());
    Ok(folder::file("application/pdf", true, &name, pdf))
}

/// Whether an order's page offers a receipt.
pub(crate) fn offered(shop: &Shop, order: &OrderView) -> bool {
    shop.seller.is_some() && order.row.paid_at.is_some() && order.quote.worth_minor() > 0
}
