//! `GET /orders/{reference}/tickets/{ticket}/wallet.pkpass?key=…` for Apple, `…/google-wallet?key=…` for Google: a ticket on
//! a phone, where the club has an account. Signed when it is asked for, so that each carries the night as it stands, and noted, so that
//! the wallet is told of what changes ([`crate::wallets`]).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use documents::{apple_pass, google_link};
use uuid::Uuid;
use web::redirect::see_other;
use web::{Fault, Locale};

use super::folder::{self, Folder};
use crate::Shop;
use crate::orders::private;
use crate::orders::view::{self, OrderQuery};
use crate::wallets::keep::{Wallet, keep};
use crate::wallets::{phones, store};

/// The pass as Apple's phones take it.
pub async fn apple(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let (reference, id) = path.into_inner();
    let folder = folder::open(&shop, &reference, &query.key, locale.0).await?;
    apple_of(&shop, &folder, id).await
}

/// On to Google, with the ticket in the address.
pub async fn google(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let (reference, id) = path.into_inner();
    let folder = folder::open(&shop, &reference, &query.key, locale.0).await?;
    google_of(&shop, &folder, id).await
}

pub(crate) async fn apple_of(shop: &Shop, folder: &Folder, id: Uuid) -> Result<HttpResponse, Fault> {
    let signer = shop.wallets.apple.clone().ok_or_else(view::closed)?;
    let pass = folder.pass(shop, id)?;
    keep(shop, &folder.order, folder.ticket(id)?, Wallet::Apple, folder.lang).await?;
    let version = store::version(&mut *shop.db.conn().await?, id).await?;
    let file = shop.press.make("apple_pass", move || apple_pass(&signer, &pass)).await?;
    let name = format!("ticket-{}.pkpass", folder.reference.as_str());
    let handed = folder::file("application/vnd.apple.pkpass", false, &name, file);
    Ok(match version {
        Some(version) => phones::dated(handed, version),
        None => handed,
    })
}

pub(crate) async fn google_of(shop: &Shop, folder: &Folder, id: Uuid) -> Result<HttpResponse, Fault> {
    let issuer = shop.wallets.google.clone().ok_or_else(view::closed)?;
    let pass = folder.pass(shop, id)?;
    keep(shop, &folder.order, folder.ticket(id)?, Wallet::Google, folder.lang).await?;
    let link = shop.press.make("google_link", move || google_link(&issuer, &pass)).await?;
    Ok(private(see_other(&link)))
}
