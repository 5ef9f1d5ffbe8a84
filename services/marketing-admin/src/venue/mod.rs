//! Floor plans: where the club's tables stand, and what they cost on a night.
//!
//! The club keeps plans as templates, each with all its versions ([`template`]): listed ([`list_page`]), drawn ([`editor`]; as a
//! picture, [`drawing`]), taken back to an older version ([`versions_page`]). A night gets a copy of one ([`night`]), with a minimum, a deposit
//! and what comes with it for each table ([`night_page`], [`night_form`], [`night_act`]). Every change of a night's plan is one
//! transaction: revision + 1, audit row, `floorplan.changed` ([`snapshot`]). From its first opening on no table leaves a night's plan:
//! guests may have booked it. Pictures of both are made anew from their pixels ([`pictures`]).

pub mod api;
pub mod drawing;
pub mod editor;
pub mod list_page;
pub mod night;
pub mod night_act;
pub mod night_form;
pub mod night_page;
mod night_rows;
pub mod pictures;
pub mod sent;
pub mod snapshot;
pub mod store;
pub mod template;
pub mod versions_page;

use db::DbError;
use domain::floor_plan::PlanFault;
use web::Fault;

/// Why a plan is not kept.
#[derive(Debug)]
pub enum Refused {
    /// Parts of it that can't be kept.
    Faults(Vec<PlanFault>),
    /// Anything else: another changed it first, it is not there, it may not change any more.
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Fault(fault) => fault,
            Refused::Faults(faults) => {
                let add = |fault: Self, each: PlanFault| fault.field(each.path, each.why.code());
                faults.into_iter().fold(Self::invalid("validation_failed"), add)
            }
        }
    }
}

/// Nothing is wrong, or all that is.
fn sound(faults: Vec<PlanFault>) -> Result<(), Refused> {
    if faults.is_empty() { Ok(()) } else { Err(Refused::Faults(faults)) }
}
