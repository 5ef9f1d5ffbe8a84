//! `POST /api/v1/session`: sign in, for programs. The page's form is in `app::sign_in`.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{ApiJson, Fault};

use super::{client::ClientAddress, identity::Session};
use crate::Door;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// Opens a session.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, description = "`invalid_credentials`", body = web::Problem),
        (status = 503, description = "`sign_in_unavailable`: marketing-admin is away", body = web::Problem)))]
pub async fn post(
    door: Data<Door>,
    from: ClientAddress,
    request: ApiJson<SignIn>,
) -> Result<HttpResponse, Fault> {
    let session = door.identity.sign_in(&request.email, &request.password, from.0).await?;
    tracing::info!(staff = %session.staff.id, "signed in");
    Ok(HttpResponse::Ok().json(session))
}
