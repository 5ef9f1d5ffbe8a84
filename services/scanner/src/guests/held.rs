//! `POST /internal/v1/held`: what the door holds beside some tickets, for the export of a guest's data (GDPR, articles 15 and 20).
//! marketing-admin asks for the tickets that purchase says are theirs.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;
use uuid::Uuid;
use web::{ApiJson, Fault, ServiceCaller, callers};

use super::store;
use crate::Door;

/// More than one person ever buys.
const MOST: usize = 5000;

/// Whose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The tickets.
    pub tickets: Vec<Uuid>,
}

/// `{tickets, scans: [{night, at, gate, …}], let_in_without_code, incidents: [{night, at, gate, kind}], photographs}`. What an incident
/// says is about others as well and is not in it, and no name of the staff.
pub async fn show(
    door: Data<Door>,
    _: ServiceCaller<callers::Desk>,
    question: ApiJson<Question>,
) -> Result<HttpResponse, Fault> {
    if question.tickets.len() > MOST {
        return Err(Fault::invalid("invalid_value").field("tickets", "invalid_value"));
    }
    let held = store::held(&mut *door.db.conn().await?, &question.tickets, door.clock.now()).await?;
    Ok(HttpResponse::Ok().json(held))
}
