//! What a night's tables cost.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::FloorPlan;

/// What is paid at once for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Deposit {
    /// An amount.
    Fixed {
        /// Minor units of the night's currency; 0: nothing is paid at once.
        minor: i64,
    },
    /// A part of the minimum spend.
    Share {
        /// 2500 is 25 %.
        basis_points: i64,
    },
    /// All of the minimum spend.
    Full,
}

impl Default for Deposit {
    fn default() -> Self {
        Self::Fixed { minor: 0 }
    }
}

/// A table as it is sold on one night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The table, by its key on the night's plan.
    pub table: Uuid,
    /// What the party spends at least, minor units.
    pub minimum_minor: i64,
    /// What is paid at once; it comes off the bill.
    #[serde(default)]
    pub deposit: Deposit,
    /// What comes with it, as the guest reads it: "1 bottle of vodka, 4 mixers". May be empty.
    #[serde(default)]
    pub includes: String,
    /// A picture of it: its address in the desk's own store.
    #[serde(default)]
    pub photo: Option<String>,
    /// Not for guests: kept by the club.
    #[serde(default)]
    pub blocked: bool,
}

impl Offer {
    /// What is paid at once, minor units. A part is rounded half up, as every price of the house.
    pub fn deposit_minor(&self) -> i64 {
        match self.deposit {
            Deposit::Fixed { minor } => minor,
            Deposit::Share { basis_points } => {
                let exact = i128::from(self.minimum_minor) * i128::from(basis_points);
                i64::try_from((exact + 5_000).div_euclid(10_000)).unwrap_or(i64::MAX)
            }
            Deposit::Full => self.minimum_minor,
        }
    }
}

/// What can be ordered for the table beforehand; paid at the venue, and counted toward the minimum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bottle {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub name: String,
    /// Minor units of the night's currency.
    pub price_minor: i64,
}

/// A night's own copy of a plan, with what its tables cost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightPlan {
    /// The drawing.
    pub plan: FloorPlan,
    /// One for each table that can be had; a table without one is drawn and not sold.
    pub offers: Vec<Offer>,
    /// What can be ordered beforehand.
    #[serde(default)]
    pub menu: Vec<Bottle>,
    /// A late party's table may be given away so long after it was to arrive, minutes; 0: never.
    #[serde(default)]
    pub release_after_minutes: i64,
    /// Whether guests can book now. A plan that is not open is drawn at the desk alone.
    #[serde(default)]
    pub open: bool,
    /// Whether a table is asked for, and a host says yes before it is anybody's; else it is booked at once.
    #[serde(default)]
    pub asks_first: bool,
}

impl NightPlan {
    /// What a table costs.
    pub fn offer(&self, table: Uuid) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.table == table)
    }
}
