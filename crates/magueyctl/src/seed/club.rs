//! The demo club's programme: what each kind of night is called, costs and holds.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use serde_json::{Value, json};

use super::calendar::is_open;

/// The venue's name, which is its key.
pub(super) const VENUE: &str = "Club Maguey";

const FLOOR: &str = "Club";
const DECK: &str = "VIP deck";
const COATS: &str = "Coat check";

/// Opens what the programme hides.
pub(super) const HIDDEN: &str = "BACKSTAGE";

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
    /// Tickets that one of it is.
    places: i64,
    /// Sold beside an entry, good at its own zone.
    add_on: bool,
    /// Hidden until a guest names it.
    code: Option<&'static str>,
    /// Prices before its own: name, price, how many.
    tiers: &'static [(&'static str, i64, i64)],
}

impl Type {
    const fn new(name: &'static str, price: i64, capacity: i64) -> Self {
        Self {
            name,
            description: "",
            price,
            capacity,
            most: 10,
            zone: FLOOR,
            attention: "",
            sale_ends: None,
            places: 1,
            add_on: false,
            code: None,
            tiers: &[],
        }
    }

    pub(super) fn entered(&self, starts_at: DateTime<Utc>) -> Value {
        json!({
            "name": self.name, "description": self.description, "price": {"minor": self.price, "currency": "EUR"}, "capacity": self.capacity,
            "max_per_order": self.most, "zone": self.zone, "attention": self.attention, "sale_until": self.sale_ends.map(|before| starts_at - before),
            "terms": self.terms(),
        })
    }

    /// How it is sold.
    fn terms(&self) -> Value {
        let tier = |(name, price, places): &(&str, i64, i64)| json!({"name": name, "price_minor": price, "places": places});
        json!({
            "places": self.places, "kind": if self.add_on { "add_on" } else { "entry" }, "access_code": self.code,
            "tiers": self.tiers.iter().map(tier).collect::<Vec<_>>(),
        })
    }
}

const EARLY: Type = Type {
    description: "Until two hours before doors",
    sale_ends: Some(TimeDelta::hours(2)),
    ..Type::new("Early bird", 1200, 80)
};
const GENERAL: Type = Type { description: "Entry all night", ..Type::new("General", 1800, 350) };
const RELEASES: Type = Type {
    description: "The price rises as tickets go",
    tiers: &[("First release", 1400, 40), ("Second release", 1600, 80)],
    ..GENERAL
};
const FIVE: Type = Type {
    description: "Five come, four pay: one ticket for each of you",
    most: 2,
    places: 5,
    ..Type::new("Group of five", 7200, 50)
};
const COAT: Type = Type {
    description: "Skip the queue: your coat has a place",
    zone: COATS,
    add_on: true,
    most: 5,
    ..Type::new("Coat check", 300, 200)
};
const ARTISTS: Type = Type {
    description: "For guests of tonight's artists",
    most: 2,
    code: Some(HIDDEN),
    attention: "Artist's guest: backstage after two",
    ..Type::new("Artist's guest", 900, 20)
};
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
    types: &[EARLY, RELEASES, FIVE, VIP, COAT, ARTISTS],
    sells_out: false,
};
const SATURDAY: Programme = Programme {
    title: "Sábado Maguey",
    slug: "sabado-maguey",
    description: "The big one: two floors, the deck, and whoever is in town.",
    doors: ((22, 30), false),
    types: &[EARLY, RELEASES, FIVE, VIP, COAT, FRIENDS],
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
    types: &[GENERAL, FIVE, VIP, COAT, ARTISTS, FRIENDS],
    sells_out: false,
};

/// A promo code of the club's.
pub(super) struct Promo {
    pub(super) name: &'static str,
    pub(super) code: &'static str,
    /// As the desk takes it: `basis_points` or `minor`, and how much.
    pub(super) off: (&'static str, i64),
    /// Whom its sales are credited to.
    pub(super) promoter: &'static str,
}

/// Codes that are good every night.
pub(super) const PROMOS: [Promo; 2] = [
    Promo { name: "Lola's list", code: LOLA, off: ("basis_points", 1000), promoter: "Lola" },
    Promo { name: "Students", code: "ESTUDIANTE", off: ("minor", 300), promoter: "" },
];
/// Whose sales the promoters' page shows first.
pub(super) const LOLA: &str = "LOLA10";

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
