//! How full the house is.

use domain::language::Language;

use super::{Snapshot, WIDTH, Words};
use crate::live::snapshot::LiveZone;

/// People inside. Where the house has a limit, a bar that goes on to 110 % of it.
pub(super) struct Full {
    pub(super) inside: String,
    /// `of 400`; empty without a limit.
    pub(super) of: String,
    /// `78 %`
    pub(super) share: String,
    pub(super) width: i64,
    /// `ok`, `near` from 90 % on, `nearly` from 95 % on, `full` from the limit on.
    pub(super) state: &'static str,
    /// What that means, in words; empty where all is well.
    pub(super) told: String,
}

/// The same of a zone with a limit.
pub(super) struct ZonePart {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) full: Full,
}

impl ZonePart {
    pub(super) fn of(zone: &LiveZone, lang: Language) -> Self {
        let mut full = Full::with(zone.inside, Some(zone.limit), lang);
        if full.state == "full" {
            full.told = Words(lang).t("door-live-zone-full");
        }
        Self { id: zone.id.to_string(), name: zone.name.clone(), full }
    }
}

impl Full {
    pub(super) fn of(newest: &Snapshot, lang: Language) -> Self {
        Self::with(newest.inside, newest.limit, lang)
    }

    fn with(people: i64, limit: Option<i64>, lang: Language) -> Self {
        let words = Words(lang);
        let inside = words.count(people);
        let Some(limit) = limit else {
            let (of, share, told) = (String::new(), String::new(), String::new());
            return Self { inside, of, share, width: 0, state: "none", told };
        };
        let thousandths = people.max(0).saturating_mul(WIDTH) / limit.max(1);
        let (state, told) = if people >= limit {
            ("full", words.t("door-live-full"))
        } else if thousandths >= 950 {
            ("nearly", words.t1("door-live-near", "count", &(limit - people)))
        } else if thousandths >= 900 {
            ("near", words.t1("door-live-near", "count", &(limit - people)))
        } else {
            ("ok", String::new())
        };
        Self {
            inside,
            of: words.t1("door-live-of", "limit", &words.count(limit)),
            share: words.t1("door-live-share", "percent", &(thousandths / 10)),
            width: thousandths.min(WIDTH * 11 / 10),
            state,
            told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::newest;
    use super::*;

    #[test]
    fn a_house_that_is_nearly_full_says_so() {
        let state = |inside, limit| Full::of(&newest(inside, limit), Language::En).state;
        assert_eq!(
            [state(359, Some(400)), state(360, Some(400)), state(379, Some(400)), state(380, Some(400))],
            ["ok", "near", "near", "nearly"]
        );
        assert_eq!(
            [state(399, Some(400)), state(400, Some(400)), state(9000, None)],
            ["nearly", "full", "none"]
        );
        assert_eq!(Full::of(&newest(9000, Some(400)), Language::En).width, 1100);
    }
}
