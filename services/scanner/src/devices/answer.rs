//! Phones as programs read them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Device;

/// A phone that asks about itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeviceView {
    /// Its key: what its scans carry.
    #[schema(example = "0198c0de-0000-7000-8000-000000000001")]
    pub id: Uuid,
    /// Its name.
    #[schema(example = "Main door 2")]
    pub name: String,
    /// The gate it is bound to: tonight's of that name, where there is one.
    pub gate: Option<Uuid>,
    /// That gate's name.
    pub gate_name: Option<String>,
}

impl From<&Device> for DeviceView {
    fn from(device: &Device) -> Self {
        Self {
            id: device.id,
            name: device.name.clone(),
            gate: device.gate,
            gate_name: device.gate_name.clone(),
        }
    }
}

/// A phone as supervisors see it.
#[derive(Debug, Clone, Serialize, ToSchema, diesel::QueryableByName)]
pub struct DeviceState {
    /// Its key.
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = diesel::sql_types::Text)]
    #[schema(example = "Main door 2")]
    pub name: String,
    /// The gate it is bound to.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Uuid>)]
    pub gate: Option<Uuid>,
    /// That gate's name.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub gate_name: Option<String>,
    /// Since when it belongs to the door.
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub enrolled_at: DateTime<Utc>,
    /// Since when it was taken off.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last heard of.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>)]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Its battery, in percent.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::SmallInt>)]
    pub battery: Option<i16>,
    /// Scans that it has not sent yet.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Integer>)]
    pub queue_length: Option<i32>,
    /// How new its list of tickets is.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>)]
    pub data_at: Option<DateTime<Utc>>,
    /// What it runs.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub app_version: Option<String>,
    /// How far its clock is ahead.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::BigInt>)]
    pub skew_ms: Option<i64>,
    /// Who holds it.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Uuid>)]
    pub held_by: Option<Uuid>,
    /// Their name.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub held_by_name: Option<String>,
}
