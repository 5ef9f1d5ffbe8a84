//! The part of the form that says how a night and its ticket types are sold.

use chrono::{DateTime, TimeDelta, Utc};
use domain::event::companion::Companion;
use domain::event::guest_price::GuestPrice;
use domain::event::terms::{EventTerms, RefundPolicy, SharedCap, TicketKind, TypeTerms, Visibility};
use domain::ids::{SharedCapId, TierId};
use domain::money::Currency;
use domain::quote::{ServiceFee, Tax};
use domain::tier::Tier;

use super::Form;
use super::entries;
use super::reading::Reading;
use super::text::decimal;

/// Until how many hours before the doors guests give tickets back by themselves.
pub const HOURS: &str = "refunds.self_service_hours";
/// Until how many hours before the doors guests exchange a ticket for another type.
pub const EXCHANGE_HOURS: &str = "exchange_hours";
/// A year.
const MOST_HOURS: i64 = 8784;

/// `48`, or `1.50`.
fn hours(before: TimeDelta) -> String {
    let text = decimal((before.num_minutes() * 100 + 30) / 60, 2);
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

/// Rows for tiers that every ticket type shows, filled or not.
pub const TIER_ROWS: usize = 3;

impl Form {
    /// A box that is ticked or not.
    pub(super) fn set_checked(&mut self, name: &str, checked: bool) {
        if checked {
            self.set(name, "yes");
        }
    }

    /// Whether a box is ticked.
    pub fn checked(&self, name: impl AsRef<str>) -> bool {
        !self.value(name).is_empty()
    }

    /// Numbers of the tier rows of a ticket type: those filled, and enough for more.
    pub fn tier_rows(&self, row: &str) -> Vec<String> {
        let named = |tier: &usize| !self.value(self.tier_path(row, tier, "name")).is_empty();
        let filled = (0..10).rfind(named).map_or(0, |last| last + 1);
        (0..filled.max(TIER_ROWS)).map(|tier| tier.to_string()).collect()
    }

    /// A field of a tier row.
    pub fn tier_path(&self, row: &str, tier: impl std::fmt::Display, field: &str) -> String {
        format!("ticket_types[{row}].tiers[{tier}].{field}")
    }

    pub(super) fn set_terms(&mut self, terms: &EventTerms, doors: DateTime<Utc>) {
        self.set("visibility", terms.visibility.code());
        self.set("access_code", terms.access_code.as_deref().unwrap_or_default());
        let hours = terms.refunds.self_service_until.map(|until| hours(doors - until));
        self.set(HOURS, &hours.unwrap_or_default());
        self.set_checked("refunds.keeps_fees", terms.refunds.keeps_fees);
        let hours = terms.exchange_until.map(|until| self::hours(doors - until));
        self.set(EXCHANGE_HOURS, &hours.unwrap_or_default());
        self.set_questions(&terms.questions);
        for (index, cap) in terms.shared_caps.iter().enumerate() {
            self.set(&format!("shared_caps[{index}].id"), &cap.id.to_string());
            self.set(&format!("shared_caps[{index}].name"), &cap.name);
            self.set(&format!("shared_caps[{index}].capacity"), &cap.capacity.to_string());
        }
    }

    pub(super) fn set_type_terms(
        &mut self,
        index: usize,
        terms: &TypeTerms,
        event: &EventTerms,
        exponent: u32,
        local: &dyn Fn(DateTime<Utc>) -> String,
    ) {
        let cap = event.shared_caps.iter().find(|cap| Some(cap.id) == terms.shared_cap);
        let path = |field: &str| format!("ticket_types[{index}].{field}");
        self.set(&path("places"), &terms.places.to_string());
        self.set_checked(&path("add_on"), terms.kind == TicketKind::AddOn);
        self.set(&path("access_code"), terms.access_code.as_deref().unwrap_or_default());
        self.set(
            &path("max_per_guest"),
            &terms.max_per_guest.map(|most| most.to_string()).unwrap_or_default(),
        );
        self.set(&path("shared_cap"), cap.map(|cap| cap.name.as_str()).unwrap_or_default());
        self.set(&path("tax.basis_points"), &decimal(terms.tax.basis_points, 2));
        self.set_checked(&path("tax.on_top"), terms.tax.on_top);
        if let Some(fee) = terms.fee {
            self.set(&path("fee.fixed_minor"), &decimal(fee.fixed_minor, exponent));
            self.set(&path("fee.basis_points"), &decimal(fee.basis_points, 2));
            self.set_checked(&path("fee.absorbed"), fee.absorbed);
        }
        if let Some(range) = terms.guest_price {
            self.set(&path("guest_price.least_minor"), &decimal(range.least_minor, exponent));
            self.set(&path("guest_price.most_minor"), &decimal(range.most_minor, exponent));
        }
        if let Some(needs) = &terms.needs {
            self.set(&path("needs.name"), &needs.name);
            self.set(&path("needs.serves"), &needs.serves.to_string());
        }
        self.set(&path("entries"), &entries::text(terms.entries));
        self.set(&path("admit_from"), &terms.admit_from.map(local).unwrap_or_default());
        self.set(&path("admit_until"), &terms.admit_until.map(local).unwrap_or_default());
        self.set_checked(&path("asks_id"), terms.asks_id);
        self.set_checked(&path("rotating_code"), terms.rotating_code);
        for (tier, each) in terms.tiers.iter().enumerate() {
            let path = |field: &str| format!("ticket_types[{index}].tiers[{tier}].{field}");
            self.set(&path("id"), &each.id.to_string());
            self.set(&path("name"), &each.name);
            self.set(&path("price"), &decimal(each.price_minor, exponent));
            self.set(&path("places"), &each.places.map(|places| places.to_string()).unwrap_or_default());
            self.set(&path("until"), &each.until.map(local).unwrap_or_default());
        }
    }
}

impl Reading<'_> {
    pub(super) fn checked(&self, name: &str) -> bool {
        self.form.checked(name)
    }

    pub(super) fn event_terms(&mut self, doors: Option<DateTime<Utc>>) -> EventTerms {
        let visibility = self.form.value_or("visibility", "public");
        let visibility = Visibility::from_code(&visibility).unwrap_or_else(|| {
            self.fault("visibility", "invalid");
            Visibility::Public
        });
        EventTerms {
            visibility,
            access_code: self.optional("access_code"),
            shared_caps: self.shared_caps(),
            refunds: RefundPolicy {
                self_service_until: self.hours_before(HOURS, doors),
                keeps_fees: self.checked("refunds.keeps_fees"),
            },
            questions: self.questions(),
            exchange_until: self.hours_before(EXCHANGE_HOURS, doors),
        }
    }

    /// So many hours before the doors: it moves with them. Nothing typed: guests ask the club.
    fn hours_before(&mut self, name: &str, doors: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let hundredths = self.amount(name, 2, false)?;
        if hundredths > MOST_HOURS * 100 {
            self.fault(name, "out_of_range");
            return None;
        }
        // To the minute, so that what `hours` has written is read as it was.
        doors.map(|doors| doors - TimeDelta::minutes((hundredths * 60 + 50) / 100))
    }

    fn shared_caps(&mut self) -> Vec<SharedCap> {
        let form = self.form;
        let mut caps = Vec::new();
        for row in form.filled("shared_caps") {
            let path = |field: &str| form.path("shared_caps", row, field);
            caps.push(SharedCap {
                id: form.value(path("id")).parse().unwrap_or_else(|_| SharedCapId::generate()),
                name: form.value(path("name")).trim().to_owned(),
                capacity: self.whole(&path("capacity"), None).unwrap_or(0),
            });
        }
        caps
    }

    pub(super) fn type_terms(&mut self, row: &str, currency: Currency, event: &EventTerms) -> TypeTerms {
        let form = self.form;
        let path = |field: &str| form.path("ticket_types", row, field);
        let places = self.whole(&path("places"), Some(1)).unwrap_or(1);
        let max_per_guest = if form.value(path("max_per_guest")).trim().is_empty() {
            None
        } else {
            self.whole(&path("max_per_guest"), None)
        };
        TypeTerms {
            places: u32::try_from(places).unwrap_or(0),
            kind: if form.checked(path("add_on")) { TicketKind::AddOn } else { TicketKind::Entry },
            access_code: self.optional(&path("access_code")),
            max_per_guest,
            tiers: self.tiers(row, currency),
            tax: Tax {
                basis_points: self.amount(&path("tax.basis_points"), 2, false).unwrap_or(0),
                on_top: form.checked(path("tax.on_top")),
            },
            fee: self.own_fee(row, currency),
            shared_cap: self.shared_cap(&path("shared_cap"), event),
            guest_price: self.guest_price(row, currency),
            needs: self.companion(row),
            entries: self.entries(&path("entries")),
            admit_from: self.instant(&path("admit_from"), false),
            admit_until: self.instant(&path("admit_until"), false),
            asks_id: form.checked(path("asks_id")),
            rotating_code: form.checked(path("rotating_code")),
        }
    }

    /// The other ticket type that it needs, where one is named; one each, unless it says otherwise.
    fn companion(&mut self, row: &str) -> Option<Companion> {
        let path = |field: &str| self.form.path("ticket_types", row, field);
        let (name, serves) = (path("needs.name"), path("needs.serves"));
        let name = self.optional(&name)?;
        let serves = self.whole(&serves, Some(1)).unwrap_or(1);
        Some(Companion { name, serves: u32::try_from(serves).unwrap_or(0) })
    }

    /// A price that guests name, where either of its ends says something; from nothing upwards, unless it says otherwise.
    fn guest_price(&mut self, row: &str, currency: Currency) -> Option<GuestPrice> {
        let path = |field: &str| self.form.path("ticket_types", row, field);
        let (least, most) = (path("guest_price.least_minor"), path("guest_price.most_minor"));
        if self.optional(&least).is_none() && self.optional(&most).is_none() {
            return None;
        }
        let least_minor = self.amount(&least, currency.exponent(), false).unwrap_or(0);
        let most_minor = self.amount(&most, currency.exponent(), true)?;
        Some(GuestPrice { least_minor, most_minor })
    }

    /// The limit of the event with the name that was typed.
    fn shared_cap(&mut self, name: &str, event: &EventTerms) -> Option<SharedCapId> {
        let typed = self.optional(name)?.to_lowercase();
        let cap = event.shared_caps.iter().find(|cap| cap.name.to_lowercase() == typed).map(|cap| cap.id);
        if cap.is_none() {
            self.fault(name, "unknown");
        }
        cap
    }

    /// A fee of its own, where any of its fields says something.
    fn own_fee(&mut self, row: &str, currency: Currency) -> Option<ServiceFee> {
        let path = |field: &str| self.form.path("ticket_types", row, field);
        let (fixed, share, absorbed) =
            (path("fee.fixed_minor"), path("fee.basis_points"), path("fee.absorbed"));
        let said =
            self.optional(&fixed).is_some() || self.optional(&share).is_some() || self.checked(&absorbed);
        said.then(|| ServiceFee {
            fixed_minor: self.amount(&fixed, currency.exponent(), false).unwrap_or(0),
            basis_points: self.amount(&share, 2, false).unwrap_or(0),
            absorbed: self.checked(&absorbed),
        })
    }

    fn tiers(&mut self, row: &str, currency: Currency) -> Vec<Tier> {
        let form = self.form;
        let mut tiers = Vec::new();
        for tier in form.tier_rows(row) {
            let path = |field: &str| form.tier_path(row, &tier, field);
            let Some(name) = self.optional(&path("name")) else { continue };
            let limited = !form.value(path("places")).trim().is_empty();
            tiers.push(Tier {
                id: form.value(path("id")).parse().unwrap_or_else(|_| TierId::generate()),
                name,
                price_minor: self.amount(&path("price"), currency.exponent(), true).unwrap_or(0),
                places: if limited { self.whole(&path("places"), None) } else { None },
                until: self.instant(&path("until"), false),
            });
        }
        tiers
    }
}
