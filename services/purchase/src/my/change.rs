//! `POST …/name` and `POST …/transfer`, below an order's page for its buyer and below a ticket's own page for whom it was
//! passed on to: the name on a ticket, and whose it is. And `POST …/hand-back`, below the ticket's own page alone.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use domain::ids::{OrderId, TicketId};
use domain::name::is_name;
use serde::Deserialize;
use uuid::Uuid;
use web::redirect::see_other;
use web::{Fault, Locale, PageForm};

use crate::Shop;
use crate::checkout::wish::is_email;
use crate::orders::view::{self, OrderQuery};
use crate::papers::folder;
use crate::tickets::change::{self, Recipient};
use crate::tickets::hand_back;

/// The name as it should stand on the ticket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameForm {
    name: String,
}

/// Who gets the ticket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferForm {
    name: String,
    email: String,
}

/// A ticket that a page shows, and where that page is.
struct Shown {
    order: OrderId,
    ticket: TicketId,
    page: String,
}

/// Corrects the name, for the order's buyer.
pub async fn name(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    form: PageForm<NameForm>,
) -> Result<HttpResponse, Fault> {
    rename(&shop, &of_order(&shop, &path, &query.key).await?, &form).await
}

/// The same, for whom the ticket was passed on to.
pub async fn own_name(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    form: PageForm<NameForm>,
) -> Result<HttpResponse, Fault> {
    rename(&shop, &alone(&shop, *id, &query.key).await?, &form).await
}

/// Passes a ticket on, for the order's buyer.
pub async fn transfer(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    query: Query<OrderQuery>,
    locale: Locale,
    form: PageForm<TransferForm>,
) -> Result<HttpResponse, Fault> {
    pass_on(&shop, &of_order(&shop, &path, &query.key).await?, &form, locale).await
}

/// The same, for whom it was passed on to.
pub async fn own_transfer(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
    locale: Locale,
    form: PageForm<TransferForm>,
) -> Result<HttpResponse, Fault> {
    pass_on(&shop, &alone(&shop, *id, &query.key).await?, &form, locale).await
}

/// Hands a ticket that was passed on back to who bought it.
pub async fn hand_back(
    shop: Data<Shop>,
    id: Path<Uuid>,
    query: Query<OrderQuery>,
) -> Result<HttpResponse, Fault> {
    let shown = alone(&shop, *id, &query.key).await?;
    hand_back::hand_back(&shop, shown.order, shown.ticket).await?;
    Ok(see_other(&shown.page))
}

/// An order's key opens the tickets that the order brought its buyer, and none that has become somebody else's.
async fn of_order(shop: &Shop, path: &(String, Uuid), key: &str) -> Result<Shown, Fault> {
    let (reference, id) = path;
    let row = view::open(shop, reference, key).await?;
    let (order, page) = (row.key(), shop.links.path_of(row.key(), &row.reference));
    let view = view::read(shop, row).await?;
    let ticket = view.tickets.iter().find(|ticket| ticket.id == *id).ok_or_else(view::closed)?;
    Ok(Shown { order, ticket: ticket.id.into(), page })
}

/// A ticket's own key changes it for whom it was passed on to; with whom it was shared, it is not theirs.
async fn alone(shop: &Shop, id: Uuid, key: &str) -> Result<Shown, Fault> {
    let folder = folder::open_ticket(shop, id, key, domain::language::Language::default()).await?;
    if folder.shared {
        return Err(view::closed());
    }
    let ticket = TicketId::from_uuid(id);
    Ok(Shown { order: folder.order.row.key(), ticket, page: shop.links.ticket_path(ticket) })
}

async fn rename(shop: &Shop, shown: &Shown, form: &NameForm) -> Result<HttpResponse, Fault> {
    let name = form.name.trim();
    if !is_name(name) {
        return Err(Fault::invalid("invalid_name").field("name", "invalid_name"));
    }
    change::rename(shop, shown.order, shown.ticket, name).await?;
    Ok(see_other(&format!("{}&done=named#ticket-{}", shown.page, shown.ticket)))
}

async fn pass_on(
    shop: &Shop,
    shown: &Shown,
    form: &TransferForm,
    locale: Locale,
) -> Result<HttpResponse, Fault> {
    let (name, email) = (form.name.trim(), form.email.trim());
    if !is_name(name) {
        return Err(Fault::invalid("invalid_name").field("name", "invalid_name"));
    }
    if !is_email(email) {
        return Err(Fault::invalid("invalid_email").field("email", "invalid_email"));
    }
    let to = Recipient { name: name.to_owned(), email: email.to_owned(), language: locale.0 };
    change::transfer(shop, shown.order, shown.ticket, &to).await?;
    Ok(see_other(&format!("{}&done=passed#ticket-{}", shown.page, shown.ticket)))
}
