//! `POST /e/{slug}/table-waitlist`: a guest wants to hear when a table comes free. It works without JavaScript.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use domain::language::Language;
use domain::name::is_name;
use serde::Deserialize;
use web::redirect::see_other;
use web::{ClientAddress, Fault, Locale, PageForm};

use super::part::{self, Faults, Written};
use super::store::{self, NewEntry};
use super::tell::Free;
use crate::Shop;
use crate::catalog::night::Night;
use crate::checkout::wish::is_email;
use crate::crowds::busy;
use crate::tables::floor::Look;
use crate::tables::page::{self, PlanQuery, encoded, night_for};

/// The longest access code that is kept.
const LONGEST_CODE: usize = 200;

/// What the form sends: text, judged here.
#[derive(Debug, Default, Deserialize)]
pub struct JoinForm {
    #[serde(default)]
    party: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    code: String,
}

/// Joins, or changes the party that waits under the same address.
pub async fn join(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    from: ClientAddress,
    request: HttpRequest,
    form: PageForm<JoinForm>,
) -> Result<HttpResponse, Fault> {
    let form = form.into_inner();
    let written = Written {
        party: form.party.trim().to_owned(),
        name: form.name.trim().to_owned(),
        email: form.email.trim().to_owned(),
    };
    let code = form.code.trim().to_owned();
    let night = night_for(&shop, &slug, &code, &from).await?;
    let look = shop.floor.see(night.id).await?.ok_or_else(Fault::not_found)?;
    let query = PlanQuery { code, party: written.party.clone(), joined: String::new() };
    let again = |written: Written, faults: Faults| {
        let part = part::of(&look, &query, written, faults, locale.0);
        page::again(&shop, &night, &look, &query, locale.0, &request, part)
    };
    let party = match judge(&written, &look) {
        Ok(party) => party,
        Err(faults) => return again(written, faults),
    };
    shop.joins.take(&from.network(), shop.clock.now()).map_err(busy)?;
    let stood = stand(&shop, &night, party, &written, (query.code.as_str(), locale.0)).await?;
    let Some(fresh) = stood else {
        return again(written, Faults { free: true, ..Faults::default() });
    };
    tracing::info!(event = %night.id, fresh, "a party waits for a table");
    let code = if query.code.is_empty() { String::new() } else { format!("&code={}", encoded(&query.code)) };
    Ok(see_other(&format!("/e/{}/tables?party={party}&joined=1{code}#waiting", night.slug)))
}

/// The party, if all is well.
fn judge(written: &Written, look: &Look) -> Result<i32, Faults> {
    let most = part::most(look);
    let party = written.party.parse::<i32>().ok().filter(|party| *party >= 1 && i64::from(*party) <= most);
    let faults = Faults {
        party: party.is_none().then_some("table-waitlist-error-party"),
        name: (!is_name(&written.name)).then_some("table-waitlist-error-name"),
        email: (!is_email(&written.email)).then_some("shared-error-invalid-email"),
        free: false,
    };
    party.filter(|_| faults.is_empty()).ok_or(faults)
}

/// Whether the party is new in the line; `None`: a table is free that takes it, and nobody needs to wait.
async fn stand(
    shop: &Shop,
    night: &Night,
    party: i32,
    written: &Written,
    (code, language): (&str, Language),
) -> Result<Option<bool>, Fault> {
    let now = shop.clock.now();
    let entry = NewEntry {
        event: night.id,
        party,
        name: &written.name,
        email: &written.email,
        language: language.code(),
        access_code: if code.len() <= LONGEST_CODE { code } else { "" },
    };
    let stood = shop
        .db
        .transaction(async |conn| {
            store::meet(conn, night.id).await?;
            let free = Free::look(conn, night.id, now).await?;
            if free.is_some_and(|free| free.tables().any(|table| table.seats >= i64::from(party))) {
                return Ok(None);
            }
            Ok::<_, db::DbError>(Some(store::join(conn, &entry, now).await?))
        })
        .await?;
    Ok(stood)
}
