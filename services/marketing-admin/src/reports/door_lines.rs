//! What a night's door says beyond its scans, in the owner's words: how full the house is, which tickets were let in twice, which
//! phones are silent.

use domain::language::Language;
use ui::text;

use crate::reports::chart::count;
use crate::reports::figures::Night;

/// The lines of one night.
pub(super) struct DoorLines {
    /// Every gate of this night, at the door's site.
    pub(super) link: String,
    /// `312 of 400`; empty without a limit.
    pub(super) inside: String,
    /// Of the limit, 0 to 1100: the bar goes on to 110 %.
    pub(super) width: i64,
    /// `ok`, `near` from 90 % on, `nearly` from 95 % on, `full` from the limit on.
    pub(super) state: &'static str,
    /// What that means, in words; empty where all is well.
    pub(super) told: String,
    /// Tickets that were let in twice; empty for none.
    pub(super) conflicts: String,
    /// Phones that are silent; empty for none.
    pub(super) silent: String,
    /// Scans that wait on phones; empty for none.
    pub(super) waiting: String,
}

impl DoorLines {
    /// `None` as long as the door has said nothing.
    pub(super) fn of(night: &Night, lang: Language, scanner: &str) -> Option<Self> {
        let door = night.door.as_ref()?;
        let some = |key: &str, number: i64| match number {
            ..=0 => String::new(),
            _ => text(lang, key, &[("count", &number)]),
        };
        let (inside, width, state) = match door.limit {
            Some(limit) => {
                let of = [("count", count(lang, night.inside)), ("of", count(lang, limit))];
                let of: [(&str, &dyn ui::Argument); 2] = [(of[0].0, &of[0].1), (of[1].0, &of[1].1)];
                let width = night.inside.max(0).saturating_mul(1000) / limit.max(1);
                (text(lang, "admin-figures-of", &of), width, state(width))
            }
            None => (String::new(), 0, "ok"),
        };
        let left = door.limit.map_or(0, |limit| limit - night.inside);
        let told = match state {
            "full" => text(lang, "door-live-desk-full", &[]),
            "nearly" => text(lang, "door-live-desk-nearly", &[("count", &left)]),
            "near" => text(lang, "door-live-desk-near", &[]),
            _ => String::new(),
        };
        Some(Self {
            link: format!("{scanner}/live?event={}", night.id),
            inside,
            width: width.min(1100),
            state,
            told,
            conflicts: some("door-live-desk-conflicts", door.conflicts_open),
            silent: some("door-live-desk-silent", door.devices_silent),
            waiting: some("door-live-desk-waiting", door.queue_length),
        })
    }
}

const fn state(thousandths: i64) -> &'static str {
    match thousandths {
        1000.. => "full",
        950.. => "nearly",
        900.. => "near",
        _ => "ok",
    }
}

#[cfg(test)]
mod tests {
    use super::state;

    #[test]
    fn a_house_is_nearly_full_from_nine_tenths_on() {
        assert_eq!([state(0), state(899), state(900), state(949)], ["ok", "ok", "near", "near"]);
        assert_eq!([state(950), state(999), state(1000)], ["nearly", "nearly", "full"]);
    }
}
