//! Shifts: who works which night, from when till when, at which post.
//!
//! Who publishes nights plans them too: a night's page ([`page`]) lists its shifts by time, and its forms ([`act`]) add one for
//! several people at once, change and remove one, and copy those of another night (`save`). Nobody works in two places at once, and who is
//! suspended is not planned: both are looked at while the person's row is held, so that two who plan at once can't both be right.
//! Whoever it is about gets one mail per save, written in its transaction (`mail`). What somebody has to come is theirs to see, and
//! to put into a calendar ([`mine`]). Hours are read and shown on the venue's clock (`times`).

pub mod act;
mod mail;
pub mod mine;
pub mod page;
mod save;
mod store;
mod times;

use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::night::BusinessNight;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::events::store::{self as events, EventRow, Which};
use times::Hours;

/// A night, and the clock on which its shifts are read and shown.
struct Night {
    row: EventRow,
    zone: Tz,
}

impl Night {
    /// The night, or 404.
    async fn find(desk: &Desk, event: Uuid) -> Result<Self, Fault> {
        let mut conn = desk.db.conn().await?;
        let row = events::find(&mut conn, Which::Id(event)).await?.ok_or_else(Fault::not_found)?.row;
        Ok(Self { zone: row.time_zone.parse().unwrap_or(Tz::UTC), row })
    }

    /// Whether its shifts can still be planned.
    fn is_open(&self, now: DateTime<Utc>) -> bool {
        matches!(self.row.status.as_str(), "draft" | "published") && self.row.ends_at > now
    }

    /// The date on which it begins.
    fn date(&self) -> NaiveDate {
        BusinessNight::of(self.row.starts_at, self.zone).date()
    }
}

/// Why a shift is not planned so.
#[derive(Debug)]
enum Problem {
    /// Something about the form: the end of its text's key.
    Typed(&'static str),
    /// They are suspended.
    Suspended(String),
    /// They work at that time already.
    Busy(String, Hours),
    /// The night is over, or does not take place.
    Closed,
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Typed(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Suspended(_) | Self::Busy(..) | Self::Closed => StatusCode::CONFLICT,
        }
    }

    fn said(&self, lang: Language, zone: Tz) -> String {
        match self {
            Self::Typed(what) => ui::text(lang, &format!("shifts-fault-{what}"), &[]),
            Self::Suspended(name) => {
                ui::text(lang, "shifts-fault-suspended", &[("name", &name_or(lang, name))])
            }
            Self::Busy(name, hours) => {
                let (name, when) = (name_or(lang, name), hours.said(lang, zone));
                ui::text(lang, "shifts-fault-busy", &[("name", &name), ("when", &when)])
            }
            Self::Closed => ui::text(lang, "shifts-closed", &[]),
        }
    }
}

/// A name to show: who has none is somebody all the same.
fn name_or(lang: Language, name: &str) -> String {
    if name.is_empty() { ui::text(lang, "staff-nameless", &[]) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::Problem;
    use chrono_tz::Tz;
    use domain::language::Language;

    #[test]
    fn every_fault_of_the_form_has_words() {
        for what in [
            "time",
            "skipped",
            "backwards",
            "too-long",
            "elsewhere",
            "post",
            "post-long",
            "note-long",
            "people",
            "from",
        ] {
            for lang in Language::ALL {
                let said = Problem::Typed(what).said(lang, Tz::UTC);
                assert!(!said.starts_with("shifts-fault"), "{}: {what}", lang.code());
            }
        }
    }
}
