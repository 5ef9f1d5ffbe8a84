//! SQL of floor plans: the templates ([`templates`]), the nights' own plans ([`nights`]) and the pictures ([`pictures`]).

pub mod nights;
pub mod pictures;
pub mod templates;

use serde::de::DeserializeOwned;
use serde_json::Value;
use web::Fault;

/// Plans are plain data: they can always be written.
fn json(plan: &impl serde::Serialize) -> Value {
    serde_json::to_value(plan).unwrap_or_default()
}

/// A plan as the domain wrote it. One that can't be read would be sold as an empty one: that is a mistake of ours.
fn read<T: DeserializeOwned>(json: Value) -> Result<T, Fault> {
    serde_json::from_value(json).map_err(Fault::internal)
}
