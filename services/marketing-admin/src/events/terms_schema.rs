//! What the terms of `domain::event::terms` look like in the API's description. The domain knows no OpenAPI.

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::events::input::FeeSchema;

/// How a night is sold.
#[derive(Debug, ToSchema)]
#[schema(as = EventTerms)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct EventTermsSchema {
    /// `public`, `unlisted` (found by its address) or `private` (its address and its access code).
    #[schema(default = "public")]
    visibility: String,
    /// Opens the page of a private night.
    access_code: Option<String>,
    /// Limits that ticket types share.
    shared_caps: Vec<SharedCapSchema>,
    /// What goes back.
    refunds: RefundPolicySchema,
    /// What guests are asked with their order, in order.
    questions: Vec<QuestionSchema>,
    /// Until then guests exchange a ticket for one of another type; at the latest the doors. Left out: never.
    exchange_until: Option<DateTime<Utc>>,
}

/// What guests are asked: once for the order, or for each ticket.
#[derive(Debug, ToSchema)]
#[schema(as = Question)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct QuestionSchema {
    /// Of one that the event has; left out, the English text says which.
    id: Option<Uuid>,
    /// What guests read.
    label: LabelSchema,
    /// `text`, `choice`, `yes_no` or `birth_date`.
    #[schema(default = "text")]
    kind: String,
    /// What there is to choose from: 2 to 20, for a choice alone.
    options: Vec<LabelSchema>,
    /// Whether an order needs the answer.
    #[schema(default = false)]
    required: bool,
    /// Whether it is asked for each ticket.
    #[schema(default = false)]
    per_ticket: bool,
    /// Names of the ticket types that it is asked for; empty: all.
    ticket_types: Vec<String>,
}

/// A text in both languages.
#[derive(Debug, ToSchema)]
#[schema(as = Label)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct LabelSchema {
    /// English.
    en: String,
    /// Spanish.
    es: String,
}

/// A limit that several ticket types share: the room.
#[derive(Debug, ToSchema)]
#[schema(as = SharedCap)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct SharedCapSchema {
    /// Of one that the event has; another is good within this body only.
    id: Option<Uuid>,
    /// What staff call it.
    name: String,
    /// Tickets of all its types together.
    capacity: i64,
}

/// What guests may give back without asking, and what the club keeps.
#[derive(Debug, ToSchema)]
#[schema(as = RefundPolicy)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct RefundPolicySchema {
    /// Until then a guest gets the money back by a click; at the latest the doors.
    self_service_until: Option<DateTime<Utc>>,
    /// Whether the service fee stays with the club.
    keeps_fees: bool,
}

/// How a ticket type is sold.
#[derive(Debug, ToSchema)]
#[schema(as = TypeTerms)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct TypeTermsSchema {
    /// Tickets that one purchase of it is: 5 for "pay 4, get 5".
    #[schema(default = 1, minimum = 1, maximum = 20)]
    places: u32,
    /// `entry`, or `add_on`: sold only together with an entry, good at its own zone, which no entry opens.
    #[schema(default = "entry")]
    kind: String,
    /// Hidden until a guest names this code.
    access_code: Option<String>,
    /// Tickets over all orders of one email address.
    max_per_guest: Option<i64>,
    /// Prices before its own, in order.
    tiers: Vec<TierSchema>,
    /// The tax on it and its fee.
    tax: TaxSchema,
    /// Instead of the event's fee.
    fee: Option<FeeSchema>,
    /// Id of one of the event's shared limits.
    shared_cap: Option<Uuid>,
    /// Lets guests name the price; the type's own is then what the club suggests.
    guest_price: Option<GuestPriceSchema>,
    /// Another ticket type that has to be in the same order.
    needs: Option<CompanionSchema>,
    /// How often its guest comes in on the night, scanned out in between; null is as often as they like.
    #[schema(default = 1, minimum = 1, maximum = 99)]
    entries: Option<u16>,
    /// The first instant at which it gives entry, between the night's own; left out, since the doors open.
    admit_from: Option<DateTime<Utc>>,
    /// The first instant at which its guest no longer comes in for the first time, between the night's own; left out, until the
    /// doors close. Who went out after that comes in again as `entries` says.
    admit_until: Option<DateTime<Utc>>,
    /// Whether the door looks at its guest's identity document, and writes down that it did.
    #[schema(default = false)]
    asks_id: bool,
    /// Whether its code moves, against screenshots: good for seconds, and shown by the ticket's page alone. Tickets sold before
    /// have a fixed code on paper, and have to be opened there too.
    #[schema(default = false)]
    rotating_code: bool,
}

/// What has to be in the same order.
#[derive(Debug, ToSchema)]
#[schema(as = Companion)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct CompanionSchema {
    /// Name of another ticket type of the night.
    name: String,
    /// How many purchases one of it serves: 1 for one each, 4 for one for every four.
    #[schema(default = 1, minimum = 1, maximum = 100)]
    serves: u32,
}

/// Pay what you want: between which amounts a guest names the price of one purchase.
#[derive(Debug, ToSchema)]
#[schema(as = GuestPrice)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct GuestPriceSchema {
    /// Minor units; 0 lets a guest come for nothing, else no less than a card is charged.
    #[schema(minimum = 0)]
    least_minor: i64,
    /// Minor units.
    most_minor: i64,
}

/// A price that holds until its time is over or its places are gone, whichever comes first.
#[derive(Debug, ToSchema)]
#[schema(as = Tier)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct TierSchema {
    /// Of one that the type has; left out, the name or the place says which.
    id: Option<Uuid>,
    /// What guests see.
    name: String,
    /// Minor units of the event's currency.
    price_minor: i64,
    /// Tickets to be had at this price.
    places: Option<i64>,
    /// The first instant at which this price is over.
    until: Option<DateTime<Utc>>,
}

/// A tax.
#[derive(Debug, ToSchema)]
#[schema(as = Tax)]
#[expect(dead_code, reason = "a description; the data are the domain's")]
pub struct TaxSchema {
    /// The rate in hundredths of a per cent: 2100 is 21 %.
    #[schema(default = 0, minimum = 0, maximum = 10_000)]
    basis_points: i64,
    /// Whether it comes on top of price and fee. Else they contain it.
    #[schema(default = false)]
    on_top: bool,
}
