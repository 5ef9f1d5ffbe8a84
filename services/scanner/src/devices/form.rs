//! What a supervisor says of a phone: its name and its gate. `POST /devices/{device}` from the page.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use audit::Actor;
use db::Conn;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{CsrfForm, Fault, RequestId, can, redirect};

use super::store::{self, NamedGate};
use crate::{Door, faults};

/// The longest name, in characters; the table says the same.
const LONGEST: usize = 60;

/// The form as sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceForm {
    /// The phone's name.
    pub name: String,
    /// The gate's key; empty for none.
    #[serde(default)]
    pub gate: String,
}

impl DeviceForm {
    /// The gate's key; 422 for what is none.
    pub fn gate(&self) -> Result<Option<Uuid>, Fault> {
        match self.gate.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| faults::gate_not_found()),
        }
    }
}

/// A name as it is kept; 422 `invalid_value`.
pub fn name(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let good = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good {
        Ok(text.to_owned())
    } else {
        Err(Fault::invalid("invalid_value").field("name", "invalid_value"))
    }
}

/// The gate of this key with its name; 404 if there is no such gate.
pub async fn gate(conn: &mut Conn, gate: Option<Uuid>) -> Result<Option<NamedGate>, Fault> {
    match gate {
        None => Ok(None),
        Some(gate) => store::gate(conn, gate).await?.ok_or_else(faults::gate_not_found).map(Some),
    }
}

/// Names a phone and binds it to a gate.
pub async fn post(
    door: Data<Door>,
    device: Path<Uuid>,
    request: RequestId,
    form: CsrfForm<DeviceForm, can::DoorSupervise>,
) -> Result<HttpResponse, Fault> {
    let (name, wanted) = (name(&form.name)?, form.gate()?);
    let (actor, now, device) = (Actor::staff(&form.staff, &request), door.clock.now(), device.into_inner());
    door.db
        .transaction(async |conn| {
            let gate = gate(conn, wanted).await?;
            if !store::change(conn, device, &name, gate.as_ref()).await? {
                return Err(faults::device_not_found());
            }
            let detail = json!({"name": name, "gate": gate.as_ref().map(|gate| gate.id)});
            audit::record(conn, &actor, "device.changed", &device.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    super::known_here(&door).await;
    tracing::info!(%device, "a phone was renamed or bound");
    Ok(redirect::see_other("/devices"))
}
