//! `POST /e/{slug}`: the page's form. It works without JavaScript; what was wrong is shown where it stands, with what the
//! guest had written.

use std::collections::HashMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use domain::money::Currency;
use web::redirect::see_other;
use web::{ClientAddress, Fault, Locale, MaybeGuest, PageForm};

use super::place::{self, Placed};
use super::wish::{Amount, Asked, Wish};
use crate::catalog::event_page::{self, Entered, Trouble};
use crate::catalog::questions::ANSWER;
use crate::inventory::HoldRequest;
use crate::payments::resume::Next;
use crate::waiting_room::guard::{self, Turn};
use crate::waiting_room::page;
use crate::{Shop, accounts, presales};

/// Before the key of a ticket type's quantity.
pub const QUANTITY: &str = "q-";
/// Before the key of a ticket type whose price the guest names.
pub const AMOUNT: &str = "a-";

/// Takes the form.
pub async fn submit(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    from: ClientAddress,
    guest: MaybeGuest,
    request: HttpRequest,
    form: PageForm<HashMap<String, String>>,
) -> Result<HttpResponse, Fault> {
    let entered = read(form.into_inner());
    let night = shop.shelf.night(&slug, shop.clock.now()).await?.ok_or_else(Fault::not_found)?;
    let wish = entered.wish(&slug, locale, night.currency);
    let hold = match wish.judge(&format!("form:{}", entered.form_key)) {
        Ok(hold) => HoldRequest { client: Some(from.as_str().to_owned()), ..hold },
        Err(complaints) => {
            // The page tells a good code from a wrong one.
            let code = presales::known_as(&shop, night.id, entered.code()).await?;
            shop.tries.access(&from, &night, code.as_deref())?;
            let trouble = Trouble::of_fields(complaints.into_iter().map(|c| (c.field, c.code)));
            return event_page::again(&shop, &slug, locale, &request, entered, trouble).await;
        }
    };
    let pass = match guard::turn(&shop, &request, &from, &hold).await? {
        Turn::Go(pass) => pass,
        Turn::Wait(waiting) => {
            let (code, promo) = (&entered.access_code, &entered.promo);
            return Ok(page::send_to_wait(waiting, &slug, code, promo));
        }
    };
    let placed = place_or_anew(&shop, &from, hold).await;
    if let Err(fault) = &placed {
        guard::settle(&shop, pass.as_ref(), fault).await;
    }
    let placed = match placed {
        Ok(placed) => placed,
        Err(fault) => match Trouble::of_fault(&fault) {
            Some(trouble) => {
                return event_page::again(&shop, &slug, locale, &request, entered, trouble).await;
            }
            None => return Err(fault),
        },
    };
    accounts::claim(&shop, placed.id, guest.0.as_ref()).await;
    Ok(match placed.next {
        Next::PayAt(url) => see_other(&url),
        // The order's page says how it stands, and offers to pay again where the payment page could not be opened.
        Next::Look | Next::Busy | Next::Unavailable | Next::Closed => {
            see_other(&shop.links.path_of(placed.id, &placed.reference))
        }
    })
}

/// A guest who went back and changed the order wants another one. Its key is made of the form's and of what is asked for
/// now, so that a double tap on it is one order too.
pub(crate) async fn place_or_anew(
    shop: &Shop,
    from: &ClientAddress,
    hold: HoldRequest,
) -> Result<Placed, Fault> {
    match place::place_from(shop, from, hold.clone()).await {
        Err(fault) if fault.code() == "idempotency_key_reused" => {
            let key = place::key_anew(&hold);
            place::place_from(shop, from, HoldRequest { key, ..hold }).await
        }
        outcome => outcome,
    }
}

fn read(mut form: HashMap<String, String>) -> Entered {
    let mut take = |name: &str| form.remove(name).unwrap_or_default();
    let (name, email, promo, form_key) = (take("name"), take("email"), take("promo"), take("form_key"));
    let access_code = take("access_code");
    let (mut quantities, mut amounts, mut answers) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (name, value) in form {
        if let Some(kind) = name.strip_prefix(QUANTITY) {
            quantities.insert(kind.to_owned(), value);
        } else if let Some(kind) = name.strip_prefix(AMOUNT) {
            amounts.insert(kind.to_owned(), value);
        } else if let Some(slot) = name.strip_prefix(ANSWER) {
            answers.insert(slot.to_owned(), value);
        }
    }
    let mut entered = Entered { name, email, promo, access_code, form_key, quantities, amounts, answers };
    // A form without its key is still one order; only a second tap would be another.
    if !(16..=64).contains(&entered.form_key.len()) || !entered.form_key.bytes().all(|b| b.is_ascii_graphic())
    {
        entered.form_key = event_page::new_key();
    }
    entered
}

impl Entered {
    fn wish(&self, slug: &str, locale: Locale, currency: Currency) -> Wish {
        // A type left at nothing is not asked for; anything else is judged as it was written.
        let mut asked: Vec<_> =
            self.quantities.iter().filter(|(_, q)| !matches!(q.trim(), "" | "0")).collect();
        asked.sort();
        Wish {
            event: slug.to_owned(),
            items: asked
                .into_iter()
                .map(|(kind, quantity)| Asked {
                    amount: self.amount(kind, currency),
                    ..Asked::of(kind.clone(), quantity.trim().parse().ok())
                })
                .collect(),
            name: self.name.clone(),
            email: self.email.clone(),
            promo: self.promo.clone(),
            access_code: self.access_code.clone(),
            answers: self.answers.iter().map(|(slot, text)| (slot.clone(), Some(text.clone()))).collect(),
            language: locale.0,
        }
    }

    /// What was written as the price of a type; nothing is what the club suggests.
    pub(crate) fn amount(&self, kind: &str, currency: Currency) -> Amount {
        match self.amounts.get(kind).map(|text| text.trim()).filter(|text| !text.is_empty()) {
            None => Amount::None,
            Some(text) => currency.read_minor(text).map_or(Amount::Unreadable, Amount::Minor),
        }
    }
}
