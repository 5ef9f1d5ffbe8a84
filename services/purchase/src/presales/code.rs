//! The code of one guest: how it looks, what it stands for, and that it is good for one order.

use db::DbError;
use uuid::Uuid;
use web::Fault;

use super::store;
use crate::Shop;
use crate::inventory::{EventName, HoldRequest};

/// How each begins: of every other code it is known without a look that it is none.
const PREFIX: &str = "PRE-";
/// What follows: none is taken for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 12;
/// Before the keys of orders.
const KEY: &str = "presale:";

/// One that nobody can guess: sixty bits.
pub(super) fn fresh() -> String {
    let random = *Uuid::new_v4().as_bytes();
    // Of a random UUID's bytes all are random but those that say what it is.
    let letters = random[..6].iter().chain(&random[9..15]);
    let letters = letters.map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    PREFIX.chars().chain(letters).collect()
}

/// The code that this is, however it is written.
fn read(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let letters = code.strip_prefix(PREFIX)?;
    let is_one = letters.len() == LENGTH && letters.bytes().all(|letter| LETTERS.contains(&letter));
    is_one.then_some(code)
}

/// Whether a code looks like a guest's own. Its sixty random bits are not to be guessed, so one that is not known is no guess: it is of
/// before, or asked for by a room that does not look it up.
pub(crate) fn is_one(text: &str) -> bool {
    read(text).is_some()
}

/// The access code that a guest names at a night: what their own stands for, or the one that was named.
pub(crate) async fn known_as(
    shop: &Shop,
    event: Uuid,
    named: Option<&str>,
) -> Result<Option<String>, DbError> {
    let Some(code) = named.and_then(read) else { return Ok(named.map(str::to_owned)) };
    let own = store::own(&mut *shop.db.conn().await?, &code, &EventName::Id(event), shop.clock.now()).await?;
    Ok(own.map(|own| own.access_code).or_else(|| named.map(str::to_owned)))
}

/// The same for an order, which is then the one that the code is good for.
pub(crate) async fn for_order(shop: &Shop, request: HoldRequest) -> Result<HoldRequest, DbError> {
    let Some(code) = request.access_code.as_deref().and_then(read) else { return Ok(request) };
    let own = store::own(&mut *shop.db.conn().await?, &code, &request.event, shop.clock.now()).await?;
    Ok(match own {
        // A table is none of the tickets that a presale is for: the code stays good for those.
        Some(own) if request.table.is_some() => HoldRequest { access_code: Some(own.access_code), ..request },
        Some(own) => HoldRequest {
            key: format!("{KEY}{}:{}", own.id, own.ended),
            access_code: Some(own.access_code),
            ..request
        },
        None => request,
    })
}

/// Whether an order is the one of a guest's own code.
pub(crate) fn is_of_presale(request: &HoldRequest) -> bool {
    request.key.starts_with(KEY)
}

/// 409 for a code that was used.
pub(crate) fn used() -> Fault {
    Fault::conflict("access_code_used")
        .field("access_code", "access_code_used")
        .detail("This guest's own code of the presale is good for one order, and there is one.")
}

#[cfg(test)]
mod tests {
    use super::{fresh, read};

    #[test]
    fn a_code_is_known_by_its_looks_however_it_is_written() {
        let code = fresh();
        assert_ne!(code, fresh());
        assert_eq!(read(&code), Some(code.clone()));
        assert_eq!(read(&format!(" {} ", code.to_lowercase())), Some(code.clone()));
        for other in ["", "PRE-", "FRIENDS", &code[..15], format!("{code}A").as_str(), "PRE-ABCDEFGHIJKL"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
