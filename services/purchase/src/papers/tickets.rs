//! `GET /orders/{reference}/tickets.pdf?key=…` and `…/tickets/{ticket}/ticket.pdf?key=…`: tickets on paper, a page each.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use documents::{PrintedTicket, TicketsDocument, tickets_pdf};
use ui::text;
use uuid::Uuid;
use web::{Fault, Locale};

use super::folder::{self, Folder};
use crate::Shop;
use crate::orders::view::{self, OrderQuery};

/// All tickets of the order that let somebody in.
pub async fn all(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let folder = folder::open(&shop, &reference, &query.key, locale.0).await?;
    let tickets = folder.printed(folder.valid());
    print(&shop, &folder, tickets, format!("tickets-{}.pdf", folder.reference.as_str())).await
}

/// One of them.
pub async fn one(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let (reference, id) = path.into_inner();
    let folder = folder::open(&shop, &reference, &query.key, locale.0).await?;
    print_one(&shop, &folder, id).await
}

/// Prints one ticket of an opened order.
pub(crate) async fn print_one(shop: &Shop, folder: &Folder, id: Uuid) -> Result<HttpResponse, Fault> {
    let tickets = folder.printed(std::iter::once(folder.ticket(id)?));
    print(shop, folder, tickets, format!("ticket-{}.pdf", folder.reference.as_str())).await
}

async fn print(
    shop: &Shop,
    folder: &Folder,
    tickets: Vec<PrintedTicket>,
    name: String,
) -> Result<HttpResponse, Fault> {
    if tickets.is_empty() {
        return Err(view::closed());
    }
    let document = TicketsDocument {
        language: folder.lang,
        mode: shop.site.mode,
        club: text(folder.lang, "shared-club", &[]),
        night: folder.night(),
        poster: Some(folder.poster()),
        order: folder.reference.clone(),
        entry_notes: Vec::new(),
        tickets,
        made_at: shop.clock.now(),
    };
    let pdf = shop.press.make("tickets", move || tickets_pdf(&document)).await?;
    Ok(folder::file("application/pdf", true, &name, pdf))
}
