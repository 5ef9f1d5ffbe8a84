//! The ticket site, asked for a night's guest list and to change it.

use chrono::{DateTime, Utc};
use domain::language::Language;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::peer;

use crate::Desk;
use crate::box_office::purchase::Refused;
use crate::staff::Member;

/// A night's list.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct GuestList {
    /// By name.
    pub entries: Vec<Entry>,
    /// Promoters who have an allotment or guests.
    pub allotments: Vec<Allotment>,
}

/// A guest and who comes along.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    /// The entry.
    pub id: Uuid,
    /// Its order's name among people.
    pub reference: String,
    /// The order's page, key included.
    pub url: String,
    /// The pages of those who joined the party later.
    #[serde(default)]
    pub more_urls: Vec<String>,
    /// The guest.
    pub name: String,
    /// Where the tickets were mailed; may be empty.
    pub email: String,
    /// The ticket type.
    pub ticket_type: String,
    /// Whose guests these are; may be empty.
    pub promoter: String,
    /// What staff wrote down.
    pub note: String,
    /// Heads that have a place.
    pub party: u32,
    /// Heads that are to stay: fewer while the door has not answered.
    pub wanted: u32,
    /// From when on the door refuses them.
    pub admit_until: DateTime<Utc>,
    /// When they were put on the list.
    pub added_at: DateTime<Utc>,
    /// The tickets that let somebody in.
    pub tickets: Vec<Uuid>,
}

/// What a promoter may bring, and has.
#[derive(Debug, Clone, Deserialize)]
pub struct Allotment {
    /// Who.
    pub promoter: String,
    /// Guests; none: as many as the night has places.
    pub places: Option<i64>,
    /// Guests on the list.
    pub taken: i64,
}

/// Who is put on the list.
#[derive(Debug, Clone, Serialize)]
pub struct NewGuest {
    /// The ticket type whose places they take.
    pub ticket_type: Uuid,
    /// The guest, as it stands on the tickets.
    pub name: String,
    /// Where the tickets are mailed; empty: nowhere.
    pub email: String,
    /// Language of page and mail.
    pub language: Language,
    /// Heads: the guest, and who comes along.
    pub party: u32,
    /// Whose guests these are; empty: the house's.
    pub promoter: String,
    /// For staff.
    pub note: String,
    /// From when on the door refuses them.
    pub admit_until: DateTime<Utc>,
}

/// The entry that stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Added {
    /// The entry.
    pub id: Uuid,
}

/// How an entry is to be; what is left out stays.
#[derive(Debug, Clone, Serialize)]
pub struct Changes {
    /// Heads, the guest among them; 0 takes it off the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<u32>,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// From when on the door refuses them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admit_until: Option<DateTime<Utc>>,
}

/// An entry after it was changed.
#[derive(Debug, Clone, Deserialize)]
pub struct Party {
    /// Heads that have a place.
    pub party: u32,
    /// Whether the door has yet to answer.
    pub waiting: bool,
}

/// A promoter's allotment, as it is wanted.
#[derive(Debug, Clone, Serialize)]
pub struct NewAllotment {
    /// Who.
    pub promoter: String,
    /// Guests; none: as many as the night has places.
    pub places: Option<u32>,
}

/// The list.
pub async fn list(desk: &Desk, event: Uuid) -> Result<GuestList, reqwest::Error> {
    peer::answer(desk.purchase.call(Method::GET, &format!("/internal/v1/guest-list/{event}"))).await
}

/// Adds. `Err` with the code `away`: nobody knows; the same key asks again and adds once.
pub async fn add<P>(
    desk: &Desk,
    member: &Member<P>,
    event: Uuid,
    key: &str,
    guest: &NewGuest,
) -> Result<Added, Refused> {
    let path = format!("/internal/v1/guest-list/{event}/entries");
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    answer(call.header("idempotency-key", key).json(guest)).await
}

/// Says how an entry is to be; the same again changes nothing.
pub async fn change<P>(
    desk: &Desk,
    member: &Member<P>,
    entry: Uuid,
    changes: &Changes,
) -> Result<Party, Refused> {
    let path = format!("/internal/v1/guest-list/entries/{entry}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    answer(call.json(changes)).await
}

/// Sets how many guests a promoter may bring.
pub async fn allot<P>(
    desk: &Desk,
    member: &Member<P>,
    event: Uuid,
    allotment: &NewAllotment,
) -> Result<Allotment, Refused> {
    let path = format!("/internal/v1/guest-list/{event}/allotments");
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
    answer(call.json(allotment)).await
}

async fn answer<T: DeserializeOwned>(call: RequestBuilder) -> Result<T, Refused> {
    let away = |error: reqwest::Error| {
        tracing::warn!(error = %error.without_url(), "the ticket site did not say what became of the guest list");
        Refused { code: "away".to_owned(), ..Refused::default() }
    };
    let answer = call.send().await.map_err(away)?;
    match answer.status() {
        StatusCode::OK => answer.json().await.map_err(away),
        status if status.is_client_error() => Err(answer.json().await.map_err(away)?),
        _ => Err(Refused { code: "away".to_owned(), ..Refused::default() }),
    }
}
