//! The demo club's programme: what each kind of night is called, costs and holds.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use serde_json::{Value, json};

use super::calendar::is_open;

/// The venue's name, which is its key.
pub(super) const VENUE: &str = "Club Maguey";

const FLOOR: &str = "Club";
const DECK: &str = "VIP deck";

/// A kind of night.
pub(super) struct Programme {
    pub(super) title: &'static str,
    pub(super) slug: &'static str,
    pub(super) description: &'static str,
    /// Hour and minute of the club's clock, and whether that is past midnight.
    pub(super) doors: ((u32, u32), bool),
    pub(super) types: &'static [Type],
    pub(super) sells_out: bool,
}

/// A ticket type of it.
pub(super) struct Type {
    name: &'static str,
    description: &'static str,
    price: i64,
    capacity: i64,
    most: i64,
    pub(super) zone: &'static str,
    attention: &'static str,
    /// Early birds go home this long before doors.
    sale_ends: Option<TimeDelta>,
}

impl Type {
    const fn new(name: &'static str, price: i64, capacity: i64) -> Self {
        Self { name, description: "", price, capacity, most: 10, zone: FLOOR, attention: "", sale_ends: None }
    }

    pub(super) fn entered(&self, starts_at: DateTime<Utc>) -> Value {
        json!({
            "name": self.name, "description": self.description, "price": {"minor": self.price, "currency": "EUR"}, "capacity": self.capacity,
            "max_per_order": self.most, "zone": self.zone, "attention": self.attention, "sale_until": self.sale_ends.map(|before| starts_at - before),
        })
    }
}

const EARLY: Type = Type {
    description: "Until two hours before doors",
    sale_ends: Some(TimeDelta::hours(2)),
    ..Type::new("Early bird", 1200, 80)
};
const GENERAL: Type = Type { description: "Entry all night", ..Type::new("General", 1800, 350) };
const VIP: Type = Type {
    description: "Entry, the deck, a welcome drink",
    zone: DECK,
    most: 6,
    attention: "VIP: wristband at the desk",
    ..Type::new("VIP deck", 4500, 40)
};
const FRIENDS: Type = Type {
    description: "On the house, one each",
    most: 1,
    attention: "Check the name",
    ..Type::new("Friends of the house", 0, 25)
};

const AGAVE: Programme = Programme {
    title: "Agave Sessions",
    slug: "agave-sessions",
    description: "House and cumbia from the courtyard, slow drinks, early doors.\n\nOur Thursday since the first one.",
    doors: ((21, 30), false),
    types: &[GENERAL, FRIENDS],
    sells_out: false,
};
const CELLAR: Programme = Programme {
    title: "Cellar Session: strings and voice",
    slug: "cellar-session",
    description: "Twelve chairs under the bar, no amplifiers, no talking.",
    doors: ((20, 0), false),
    types: &[Type { description: "One chair", most: 6, ..Type::new("Chair", 2500, 12) }],
    sells_out: true,
};
const ELECTRICA: Programme = Programme {
    title: "Noche Eléctrica",
    slug: "noche-electrica",
    description: "Techno until the neighbours' bakery opens.",
    doors: ((23, 0), false),
    types: &[EARLY, GENERAL, VIP],
    sells_out: false,
};
const SATURDAY: Programme = Programme {
    title: "Sábado Maguey",
    slug: "sabado-maguey",
    description: "The big one: two floors, the deck, and whoever is in town.",
    doors: ((22, 30), false),
    types: &[EARLY, GENERAL, VIP, FRIENDS],
    sells_out: false,
};
const AFTER_HOURS: Programme = Programme {
    title: "After Hours",
    slug: "after-hours",
    description: "Doors past midnight, for those who come from work. It is still Saturday's night.",
    doors: ((0, 30), true),
    types: &[Type { description: "Entry until the end", ..Type::new("Late entry", 1500, 200) }, VIP],
    sells_out: false,
};
/// The night that is open now.
pub(super) const TONIGHT: Programme = Programme {
    title: "Tonight at Maguey",
    slug: "",
    description: "Doors are open. Buy a ticket and walk in.",
    doors: ((0, 0), false),
    types: &[GENERAL, VIP, FRIENDS],
    sells_out: false,
};

/// What is on that day, if the club opens.
pub(super) fn programme(day: Weekday, even_week: bool) -> Option<Programme> {
    if !is_open(day) {
        return None;
    }
    Some(match (day, even_week) {
        (Weekday::Thu, true) => CELLAR,
        (Weekday::Thu, false) => AGAVE,
        (Weekday::Sat, false) => AFTER_HOURS,
        (Weekday::Sat, true) => SATURDAY,
        _ => ELECTRICA,
    })
}
