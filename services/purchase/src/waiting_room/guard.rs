//! At checkout: who may buy now, and who waits.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use domain::waiting_room::{Line, Standing};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::{ClientAddress, Fault};

use super::places::{self, Place};
use super::store::{self, Pass};
use super::{WaitingRooms, numbers};
use crate::Shop;
use crate::checkout::place::key_anew;
use crate::inventory::{EventName, HoldRequest};

/// Whether an order may be placed now.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Yes, and with which place, where the room is open.
    Go(Option<Pass>),
    /// Not yet.
    Wait(Waiting),
}

/// Somebody who waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The night.
    pub event: Uuid,
    /// The place.
    pub place: Place,
    /// What the guest keeps of it.
    pub token: String,
    /// How many are before it.
    pub before: i64,
    /// How long that takes, in seconds.
    pub wait: i64,
}

/// How a guest stands who looks at a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nobody waits: the room is closed.
    Free,
    /// It is this guest's turn.
    Turn,
    /// This guest has to wait, or to take a place first.
    Wait,
}

/// How the guest of a request stands before a night.
pub(crate) fn look(rooms: &WaitingRooms, request: &HttpRequest, event: Uuid) -> Look {
    let Some(line) = rooms.line(event) else { return Look::Free };
    match held(rooms, request, event, &line) {
        Some((_, _, Standing::Admitted)) => Look::Turn,
        _ => Look::Wait,
    }
}

/// The place that came with a request, unless its turn is over.
pub(super) fn held(
    rooms: &WaitingRooms,
    request: &HttpRequest,
    event: Uuid,
    line: &Line,
) -> Option<(Place, String, Standing)> {
    let token = places::sent(request, event)?;
    let place = rooms.keys.read(event, &token)?;
    let standing = line.standing(place.number);
    (standing != Standing::Over).then_some((place, token, standing))
}

/// Decides about an order that is about to be placed. While the room is open, only an admitted place that is not used up leads on;
/// whoever has none gets one at the end of the line.
pub(crate) async fn turn(
    shop: &Shop,
    request: &HttpRequest,
    from: &ClientAddress,
    hold: &HoldRequest,
) -> Result<Turn, Fault> {
    let rooms = &shop.rooms;
    let Some(event) = event_of(shop, &hold.event).await? else { return Ok(Turn::Go(None)) };
    let Some(line) = rooms.line(event) else {
        rooms.arrived(event);
        return Ok(Turn::Go(None));
    };
    let held = held(rooms, request, event, &line);
    if let Some((place, _, Standing::Admitted)) = &held {
        let pass = pass(event, place, hold);
        let mut conn = shop.db.conn().await?;
        if store::use_pass(&mut conn, &pass, shop.clock.now()).await? {
            return Ok(Turn::Go(Some(pass)));
        }
    }
    // An order that stands already is nothing new, whoever waits. Another one under the same key is.
    if store::stands(&mut *shop.db.conn().await?, &keys_of(hold), &hold.fingerprint).await? {
        return Ok(Turn::Go(None));
    }
    let (place, token) = match held {
        Some((place, token, Standing::Waits { .. })) => (place, token),
        _ => join(shop, event, from).await?,
    };
    shop.metrics.waiting_room_refused();
    Ok(Turn::Wait(waiting(rooms, event, place, token)))
}

/// A new place, at the end of the line.
pub(super) async fn join(shop: &Shop, event: Uuid, from: &ClientAddress) -> Result<(Place, String), Fault> {
    let place = numbers::take(shop, event, from).await?;
    Ok((place, shop.rooms.keys.sign(event, &place)))
}

/// How somebody waits who has this place.
pub(super) fn waiting(rooms: &WaitingRooms, event: Uuid, place: Place, token: String) -> Waiting {
    let room = rooms.room(event);
    let before = match room.as_ref().map(|room| room.line.standing(place.number)) {
        Some(Standing::Waits { before }) => before,
        _ => 0,
    };
    let pace = room.map_or(rooms.pace, |room| room.pace);
    Waiting { event, place, token, before, wait: pace.wait(before) }
}

/// Gives the place back where nothing came of the order. What failed on our side may have come to something: the same request finds out.
/// Who was not even looked at, because of too many wrong codes, may have sent the same request elsewhere: that gives nothing back.
pub(crate) async fn settle(shop: &Shop, pass: Option<&Pass>, fault: &Fault) {
    let looked_at = fault.status() != StatusCode::TOO_MANY_REQUESTS || fault.code() == "network_busy";
    let refused = fault.status().is_client_error() && looked_at;
    let Some(pass) = pass.filter(|_| refused) else { return };
    let given_back = async { store::give_back(&mut *shop.db.conn().await?, pass).await };
    if let Err(error) = given_back.await {
        tracing::warn!(%error, "a place whose order was refused stays used");
    }
}

fn pass(event: Uuid, place: &Place, hold: &HoldRequest) -> Pass {
    let mut request = Sha256::new();
    request.update(hold.key.as_bytes());
    request.update(&hold.fingerprint);
    Pass {
        event,
        place: place.number,
        buyer: Sha256::digest(hold.buyer.guest().as_bytes()).to_vec(),
        request: request.finalize().to_vec(),
        keys: keys_of(hold),
        fingerprint: hold.fingerprint.clone(),
    }
}

/// The keys under which this very request may have an order.
fn keys_of(hold: &HoldRequest) -> [String; 2] {
    [hold.key.clone(), key_anew(hold)]
}

/// The night that is meant; `None` where none is on sale, which the hold engine says better.
async fn event_of(shop: &Shop, name: &EventName) -> Result<Option<Uuid>, Fault> {
    match name {
        EventName::Id(id) => Ok(Some(*id)),
        EventName::Slug(slug) => Ok(shop.shelf.event_at(slug, shop.clock.now()).await?),
    }
}
