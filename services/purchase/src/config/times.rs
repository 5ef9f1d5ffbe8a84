//! How long things are held, are good, and wait.

use chrono::TimeDelta;
use settings::Reader;

pub(super) fn minutes(
    reader: &mut Reader,
    name: &'static str,
    default: u32,
    purpose: &'static str,
) -> TimeDelta {
    let minutes: u32 = reader.or(name, default, purpose);
    // A payment session lives 45 minutes: it outlives its hold, or a guest would be sent away from places that are still hers.
    if !(1..=40).contains(&minutes) {
        reader.fault(name, purpose, "must be from 1 to 40");
    }
    TimeDelta::minutes(i64::from(minutes))
}

pub(super) fn offer(reader: &mut Reader) -> TimeDelta {
    let (name, purpose) = ("WAITLIST_OFFER_MINUTES", "how long places are held for who stood in line");
    let minutes: u32 = reader.or(name, 60, purpose);
    // Time enough to see a mail, and not so long that a night passes with places that nobody takes.
    if !(5..=1440).contains(&minutes) {
        reader.fault(name, purpose, "must be from 5 to 1440");
    }
    TimeDelta::minutes(i64::from(minutes))
}

pub(super) fn ask_every(reader: &mut Reader) -> TimeDelta {
    let (name, purpose) = ("ASK_STRIPE_EVERY_SECONDS", "how often an unpaid order is asked about");
    let seconds: u32 = reader.or(name, 120, purpose);
    if !(1..=3600).contains(&seconds) {
        reader.fault(name, purpose, "must be from 1 to 3600");
    }
    TimeDelta::seconds(i64::from(seconds))
}

pub(super) fn credit(reader: &mut Reader) -> TimeDelta {
    let (name, purpose) = ("CREDIT_DAYS", "how many days a credit that a guest got instead of money is good");
    let days: u32 = reader.or(name, 365, purpose);
    if !(1..=3650).contains(&days) {
        reader.fault(name, purpose, "must be from 1 to 3650");
    }
    TimeDelta::days(i64::from(days))
}
