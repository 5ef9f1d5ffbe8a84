//! A ticket as a page shows it: to its buyer among the others of the order, or alone to whom it was passed on.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::DbError;
use domain::language::Language;
use ui::{format, text};
use web::Fault;

use super::{change, doorstep};
use crate::Shop;
use crate::catalog::store::EventRow;
use crate::orders::view::{Code, OrderView, TicketView};
use crate::papers::codes;

/// What `tickets/card.html` shows.
pub(crate) struct Card {
    pub(crate) id: String,
    /// Before the names of its files and of what can be done with it.
    pub(crate) path: String,
    /// "Ticket 1 of 2"; empty where it is shown alone.
    pub(crate) number: String,
    pub(crate) type_name: String,
    pub(crate) holder: String,
    /// Whether it lets somebody in.
    pub(crate) good: bool,
    /// The text of its code, and the picture; empty where it moves, or where it is not good.
    pub(crate) code: String,
    pub(crate) qr: String,
    /// Where its code moves: from when on the page has one. Else empty.
    pub(crate) moves_from: String,
    /// The same in Unix milliseconds, for the page's script.
    pub(crate) moves_from_ms: i64,
    pub(crate) state_word: String,
    /// Whether it lets nobody in any more, for good: it is shown after those that count.
    pub(crate) gone: bool,
    /// From when and until when it lets in, where that is not as long as the doors are open; else empty.
    pub(crate) arrive_by: String,
    /// That somebody is inside with it, as the door last said; else empty. What can be done with it stays on offer: an entry by
    /// mistake is annulled at the door, which is asked again then.
    pub(crate) inside: String,
    /// Whether it has a PDF of its own beside that of all.
    pub(crate) own_pdf: bool,
    /// Whether its name can be changed, and it can be passed on.
    pub(crate) changeable: bool,
    /// Whether it can be given back by a click.
    pub(crate) returnable: bool,
    /// Whether it can be exchanged for one of another type by a click.
    pub(crate) exchangeable: bool,
    /// Whether it can be handed back to who bought it.
    pub(crate) hands_back: bool,
}

/// The wallets that the club offers.
pub(crate) struct Passes {
    pub(crate) apple: bool,
    pub(crate) google: bool,
}

impl Passes {
    pub(crate) fn of(shop: &Shop) -> Self {
        Self { apple: shop.wallets.apple.is_some(), google: shop.wallets.google.is_some() }
    }
}

/// The script of codes that move, where one of these cards has one; else empty.
pub(crate) fn codes_script<'a>(cards: impl IntoIterator<Item = &'a Card>) -> String {
    let moves = cards.into_iter().any(|card| !card.moves_from.is_empty());
    if moves { crate::assets::url("codes.js") } else { String::new() }
}

impl Card {
    /// A ticket of a night, shown below `path`, as one of so many.
    pub(crate) fn new(
        ticket: &TicketView,
        event: &EventRow,
        path: String,
        place: Option<(usize, usize)>,
        lang: Language,
        now: DateTime<Utc>,
    ) -> Result<Self, Fault> {
        let good = ticket.code.is_some();
        let code = ticket.code.as_ref().and_then(Code::fixed).unwrap_or_default().to_owned();
        let qr = if code.is_empty() { String::new() } else { ui::qr::svg(&code).map_err(Fault::internal)? };
        let state_word = match &ticket.passed_on {
            Some((name, email)) => text(lang, "guests-passed-on-to", &[("name", name), ("email", email)]),
            None if ticket.exchanged => text(lang, "guests-exchanged", &[]),
            None if ticket.handed_back => text(lang, "guests-handed-back", &[]),
            None => text(lang, &format!("purchase-ticket-{}", ticket.state), &[]),
        };
        let number = place.map(|(number, count)| {
            text(lang, "purchase-ticket-number", &[("number", &number), ("count", &count)])
        });
        let tz: Tz = event.time_zone.parse().unwrap_or_default();
        let hour = |key: &str, at: DateTime<Utc>| text(lang, key, &[("time", &format::hour(lang, at, tz))]);
        let times =
            [("purchase-lets-in-from", ticket.lets_in_from), ("guest-list-arrive-by", ticket.lets_in_until)];
        let times = times.into_iter().filter_map(|(key, at)| Some(hour(key, at?)));
        let arrive_by = if good { times.collect::<Vec<_>>().join(" ") } else { String::new() };
        let given_from = codes::given_from(event);
        let moves_from = if ticket.code == Some(Code::Moving) {
            let at = format::date_time(lang, given_from, tz);
            text(lang, "guests-moving-early", &[("time", &at)])
        } else {
            String::new()
        };
        Ok(Self {
            returnable: false,
            exchangeable: false,
            hands_back: false,
            inside: String::new(),
            id: ticket.id.to_string(),
            path,
            number: number.unwrap_or_default(),
            type_name: ticket.type_name.clone(),
            holder: ticket.holder.clone(),
            state_word,
            gone: matches!(ticket.state.as_str(), "cancelled" | "refunded" | "revoked"),
            arrive_by,
            own_pdf: place.is_none_or(|(_, count)| count > 1),
            changeable: change::offered(&ticket.state, &event.status, event.entry_from, now),
            good,
            code,
            qr,
            moves_from,
            moves_from_ms: given_from.timestamp_millis(),
        })
    }
}

/// Says on the cards of an order with which of its tickets somebody is inside, where the night's doors were open and shut again:
/// before that the door was never asked about a single ticket.
pub(crate) async fn say_inside(
    shop: &Shop,
    order: &OrderView,
    cards: &mut [Card],
    lang: Language,
) -> Result<(), DbError> {
    if order.event.shut_revision.is_none() {
        return Ok(());
    }
    let inside = {
        let mut conn = shop.db.conn().await?;
        doorstep::inside(&mut conn, order.row.key()).await?
    };
    let tz: Tz = order.event.time_zone.parse().unwrap_or_default();
    for word in inside {
        let id = word.ticket_id.to_string();
        let at = format::date_time(lang, word.said_at, tz);
        if let Some(card) = cards.iter_mut().find(|card| card.id == id) {
            card.inside = text(lang, "guests-inside", &[("at", &at)]);
        }
    }
    Ok(())
}
