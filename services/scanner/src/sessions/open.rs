//! `POST /api/v1/session`: sign in, for programs. The page's form is in `app::sign_in`.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{ApiJson, Fault};

use super::{
    client::ClientAddress,
    identity::{Credentials, Session},
};
use crate::{
    Door,
    devices::{self, hands},
};

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The code of its second factor, where it has one and the phone is not one of the club's.
    #[serde(default)]
    pub code: Option<String>,
}

/// Opens a session.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, description = "`invalid_credentials`; `code_needed`: the same again with `code`", body = web::Problem),
        (status = 403, description = "`second_factor_missing`: it is set up at the desk", body = web::Problem),
        (status = 503, description = "`sign_in_unavailable`: marketing-admin is away", body = web::Problem)))]
pub async fn post(
    door: Data<Door>,
    from: ClientAddress,
    http: HttpRequest,
    request: ApiJson<SignIn>,
) -> Result<HttpResponse, Fault> {
    let phone = devices::phone(&door, &http).await?;
    let SignIn { email, password, code } = request.into_inner();
    let who = Credentials { email: &email, password: &password, code: code.as_deref() };
    let session = door.identity.sign_in(who, phone.is_some(), from.0).await?;
    hands::enter(&door, phone.as_deref(), &session).await?;
    Ok(HttpResponse::Ok().json(session))
}
