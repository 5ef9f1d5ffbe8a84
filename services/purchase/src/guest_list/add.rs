//! `POST /internal/v1/guest-list/{event}/entries`: staff put a guest on a night's list, with who comes along. The same
//! `Idempotency-Key` is one entry: a double click adds once.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::event::terms::TicketKind;
use domain::guest_list::{MOST_GUESTS, Promoter, check_cut_off};
use domain::ids::{GuestEntryId, TicketTypeId};
use domain::language::Language;
use domain::name::is_name;
use domain::order::Channel;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::terms::bad_cut_off;
use super::{GuestEntry, store};
use crate::checkout::api::idempotency_key;
use crate::checkout::place;
use crate::checkout::wish::is_email;
use crate::inventory::{AtDesk, Buyer, EventName, HoldRequest, Wanted, whole_seconds};
use crate::{Shop, catalog};

/// Longest note, in characters; the table says the same.
const LONGEST_NOTE: usize = 500;

/// Who is put on the list.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AddRequest {
    /// The ticket type whose places they take.
    pub ticket_type: Uuid,
    /// The guest, as it stands on the tickets.
    pub name: String,
    /// Where the tickets are mailed; empty: nowhere.
    #[serde(default)]
    pub email: String,
    /// Language of page and mail.
    pub language: Language,
    /// Heads: the guest, and who comes along.
    pub party: u32,
    /// Whose guests these are; empty: the house's.
    #[serde(default)]
    pub promoter: String,
    /// For staff.
    #[serde(default)]
    pub note: String,
    /// From when on the door refuses them.
    pub admit_until: DateTime<Utc>,
}

/// The entry that stands.
#[derive(Debug, Serialize)]
pub struct AddAnswer {
    /// The entry.
    pub id: Uuid,
    /// Its order's name among people.
    pub reference: String,
    /// The order's page, key included.
    pub url: String,
    /// Tickets issued.
    pub tickets: u32,
}

/// Adds.
pub async fn add(
    caller: ServiceCaller<callers::Desk>,
    id: RequestId,
    shop: Data<Shop>,
    event: Path<Uuid>,
    request: HttpRequest,
    body: ApiJson<AddRequest>,
) -> Result<Json<AddAnswer>, Fault> {
    // A prefix of its own, as long as the box office's: the table's limit leaves no more.
    let key = format!("list:{}", idempotency_key(&request)?);
    let body = body.into_inner();
    let promoter = judge(&body)?;
    if let Err(fault) = fits(&shop, *event, body.ticket_type, body.admit_until).await
        // What was answered once is answered the same, also when the night has changed meanwhile.
        && !store::is_used(&mut *shop.db.conn().await?, &key).await?
    {
        return Err(fault);
    }
    let hold = hold(*event, &body, promoter, key, Actor::caller(&caller, &id));
    let placed = place::place(&shop, hold).await?;
    let entry =
        store::of_order(&mut *shop.db.conn().await?, placed.id).await?.ok_or_else(Fault::not_found)?;
    tracing::info!(order = placed.reference, guests = body.party, caller = caller.name, "on the guest list");
    Ok(Json(AddAnswer {
        id: entry,
        url: shop.links.url_of(placed.id, &placed.reference),
        tickets: placed.quote.lines.iter().map(|line| line.places).sum(),
        reference: placed.reference,
    }))
}

/// The promoter, or every fault of the request's shape by its field.
fn judge(body: &AddRequest) -> Result<Option<Promoter>, Fault> {
    let mut faults = Vec::new();
    if !is_name(body.name.trim()) {
        faults.push(("name", "invalid_name"));
    }
    if !body.email.trim().is_empty() && !is_email(body.email.trim()) {
        faults.push(("email", "invalid_email"));
    }
    if !(1..=MOST_GUESTS).contains(&body.party) {
        faults.push(("party", "invalid_quantity"));
    }
    if body.note.trim().chars().count() > LONGEST_NOTE {
        faults.push(("note", "too_long"));
    }
    let promoter = Promoter::read(&body.promoter);
    if promoter.is_err() {
        faults.push(("promoter", "invalid_name"));
    }
    let first = faults.first().map(|(_, code)| *code);
    match (first, promoter) {
        (None, Ok(promoter)) => Ok(promoter),
        (code, _) => {
            let fault = Fault::invalid(code.unwrap_or("invalid_value"));
            Err(faults.into_iter().fold(fault, |fault, (field, code)| fault.field(field, code)))
        }
    }
}

/// Whether the night has such places, and such a time.
pub(super) async fn fits(
    shop: &Shop,
    event: Uuid,
    ticket_type: Uuid,
    admit_until: DateTime<Utc>,
) -> Result<(), Fault> {
    let mut conn = shop.db.conn().await?;
    let night = catalog::store::event(&mut conn, event).await?.ok_or_else(Fault::not_found)?;
    let types = catalog::store::types(&mut conn, &[event]).await?;
    drop(conn);
    let kind = types.iter().find(|kind| kind.id == ticket_type);
    let kind = kind
        .ok_or_else(|| Fault::invalid("unknown_ticket_type").field("ticket_type", "unknown_ticket_type"))?;
    // A head is a ticket: a table for six or a coat is not how a guest comes in.
    let terms = kind.terms();
    if terms.kind != TicketKind::Entry || terms.places != 1 {
        return Err(Fault::invalid("not_for_guests").field("ticket_type", "not_for_guests"));
    }
    check_cut_off(admit_until, night.entry_from, night.ends_at, shop.clock.now()).map_err(bad_cut_off)
}

/// The request for the hold engine.
fn hold(
    event: Uuid,
    body: &AddRequest,
    promoter: Option<Promoter>,
    key: String,
    actor: Actor,
) -> HoldRequest {
    let note = body.note.trim().to_owned();
    let asked = (event, body);
    HoldRequest {
        event: EventName::Id(event),
        items: vec![Wanted::of(TicketTypeId::from_uuid(body.ticket_type), body.party)],
        buyer: Buyer {
            name: body.name.trim().to_owned(),
            email: body.email.trim().to_owned(),
            language: body.language,
        },
        client: None,
        access_code: None,
        promo: None,
        answers: std::collections::BTreeMap::new(),
        claim: None,
        exchange: None,
        table: None,
        fingerprint: Sha256::digest(serde_json::to_vec(&asked).unwrap_or_default()).to_vec(),
        desk: Some(AtDesk {
            channel: Channel::Comp,
            actor: actor.because(&note),
            guest: Some(GuestEntry {
                id: GuestEntryId::generate(),
                joins: None,
                promoter,
                note,
                party: body.party,
                admit_until: whole_seconds(body.admit_until),
            }),
            house: None,
            sells_on: false,
        }),
        key,
        traceparent: None,
    }
}
