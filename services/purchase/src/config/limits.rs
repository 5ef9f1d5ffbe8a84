//! How much of a thing at once, and how fast.

use chrono::TimeDelta;
use domain::waiting_room::Pace;
use settings::Reader;

use crate::crowds::CrowdLimits;
use crate::inventory::OpenLimits;

pub(super) fn open_limits(reader: &mut Reader) -> OpenLimits {
    let usual = OpenLimits::default();
    let (orders, tickets) = ("OPEN_ORDERS_PER_GUEST", "OPEN_TICKETS_PER_ADDRESS");
    let (of_guest, of_address) = (
        "how many orders of one email address may wait for payment at once",
        "how many tickets of a stock (at most half of it) may wait for payment by guests at one network address",
    );
    let (share, of_stock) = (
        "OPEN_SHARE_PER_ADDRESS",
        "the same in per cent of the stock, where that is more: of a large night guests of a mobile network",
    );
    let (addresses, of_network) = (
        "OPEN_ADDRESSES_PER_NETWORK",
        "guests of one network (/24, /48) may have as much waiting as so many addresses (at most half of the stock, and no less than one)",
    );
    let limits = OpenLimits {
        orders: reader.or(orders, usual.orders, of_guest),
        tickets: reader.or(tickets, usual.tickets, of_address),
        share: reader.or(share, usual.share, of_stock),
        addresses: reader.or(addresses, usual.addresses, of_network),
    };
    for (name, purpose, value) in [
        (orders, of_guest, limits.orders),
        (tickets, of_address, limits.tickets),
        (addresses, of_network, limits.addresses),
    ] {
        if value < 1 {
            reader.fault(name, purpose, "must be at least 1");
        }
    }
    if !(0..=100).contains(&limits.share) {
        reader.fault(share, of_stock, "must be from 0 to 100");
    }
    limits
}

pub(super) fn crowd_limits(reader: &mut Reader) -> CrowdLimits {
    let mut most = |name: &'static str, usual: u32, purpose: &'static str| {
        let value: u32 = reader.or(name, usual, purpose);
        if !(1..=1_000_000).contains(&value) {
            reader.fault(name, purpose, "must be from 1 to 1000000");
        }
        value
    };
    CrowdLimits {
        places: most(
            "WAITING_ROOM_PLACES_PER_ADDRESS",
            600,
            "how many places in waiting rooms guests at one network address may take at once",
        ),
        joins: most(
            "WAITLIST_JOINS_PER_NETWORK",
            100,
            "how many guests of one network (/24, /48) may join waitlists at once",
        ),
        gifts: most(
            "FREE_TICKETS_PER_NETWORK",
            300,
            "how many free tickets guests of one network (/24, /48) may take at once",
        ),
    }
}

pub(super) fn live(reader: &mut Reader) -> usize {
    let (name, purpose) = (
        "LIVE_PAGES",
        "how many open pages of nights each process tells what changes; the others show what they were loaded with",
    );
    let pages: u32 = reader.or(name, 1500, purpose);
    // The gateway keeps as many connections for them (deploy/envoy), beside those that sell.
    if pages > 20_000 {
        reader.fault(name, purpose, "must be at most 20000");
    }
    pages as usize
}

pub(super) fn pace(reader: &mut Reader) -> Pace {
    let opens_above = reader.or(
        "WAITING_ROOM_OPENS_ABOVE_PER_SECOND",
        100,
        "how many guests of one night may arrive at checkout per second before the waiting room opens; 0 for never",
    );
    let (name, purpose) =
        ("WAITING_ROOM_ADMITS_PER_SECOND", "how many guests per second the waiting room lets in");
    let admits: u32 = reader.or(name, 50, purpose);
    if !(1..=10_000).contains(&admits) {
        reader.fault(name, purpose, "must be from 1 to 10000");
    }
    let (name, purpose) =
        ("WAITING_ROOM_TURN_MINUTES", "how long a guest whom the waiting room let in may buy");
    let minutes: u32 = reader.or(name, 10, purpose);
    if !(1..=60).contains(&minutes) {
        reader.fault(name, purpose, "must be from 1 to 60");
    }
    Pace { opens_above, per_minute: admits.saturating_mul(60), turn: TimeDelta::minutes(i64::from(minutes)) }
}
