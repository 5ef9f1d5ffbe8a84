//! A phone is enrolled: `POST /api/v1/devices/enrol` for programs, `/enrol` for a phone that has read the QR code with its
//! camera (a small script takes the code out of the fragment) or whose holder types it.

use actix_web::{HttpRequest, HttpResponse, Responder, http::StatusCode, web::Data};
use audit::Actor;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Html, Locale, PageForm, RequestId, Staff, can, redirect};

use super::{
    answer::DeviceView,
    caller, form,
    hands::Taken,
    secret,
    store::{enrolment, hands},
    views::own::EnrolPage,
};
use crate::{Door, faults, metrics};

/// A code, as read or typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The code; small letters and no dashes are fine.
    #[schema(example = "7K2M-Q9TD-0XWB")]
    pub code: String,
    /// What the phone is called, if not as the supervisor said.
    #[serde(default)]
    pub name: Option<String>,
}

/// A phone that belongs to the door now.
#[derive(Serialize, ToSchema)]
pub struct Enrolled {
    /// The phone.
    pub device: DeviceView,
    /// Its secret, told this once. Send it as `maguey-device`; browsers have it as a cookie.
    pub token: String,
}

/// Enrols a phone. Nobody has to be signed in: the code is what a supervisor gave.
#[utoipa::path(post, path = "/api/v1/devices/enrol", tag = "devices",
    request_body(content = Enrolment, example = json!({"code": "7K2M-Q9TD-0XWB"})),
    responses((status = 200, body = Enrolled, example = json!({
            "device": {"id": "0198c0de-0000-7000-8000-000000000001", "name": "Main door 2",
                "gate": "01938000-0000-7000-8000-000000000004", "gate_name": "Main door"},
            "token": "64 hexadecimal digits, told this once"
        })),
        (status = 422, description = "`code_refused`: unknown, used, or older than ten minutes", body = web::Problem),
        (status = 429, body = web::Problem)))]
pub async fn post(
    door: Data<Door>,
    request: RequestId,
    staff: Option<Staff<can::Anything>>,
    asked: ApiJson<Enrolment>,
) -> Result<HttpResponse, Fault> {
    let enrolled = enrol(&door, &request, asked.into_inner(), staff).await?;
    let cookie = caller::cookie(enrolled.token.clone());
    Ok(HttpResponse::Ok().cookie(cookie).json(enrolled))
}

/// The page.
pub async fn get(door: Data<Door>, request: HttpRequest, locale: Locale) -> HttpResponse {
    Html(EnrolPage::new(locale.0, &door.links, "")).respond_to(&request)
}

/// Its form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolForm {
    code: String,
}

/// Enrols the browser that sends the form and leads it to the sign-in, or to the door where somebody is signed in; a refused code is said on the form.
pub async fn submit(
    door: Data<Door>,
    request: HttpRequest,
    locale: Locale,
    staff: Option<Staff<can::Anything>>,
    form: PageForm<EnrolForm>,
) -> Result<HttpResponse, Fault> {
    let asked = Enrolment { code: form.into_inner().code, name: None };
    let way = if staff.is_some() { "/" } else { "/sign-in" };
    match enrol(&door, &RequestId::of(&request), asked, staff).await {
        Ok(enrolled) => {
            let mut answer = redirect::see_other(way);
            answer.add_cookie(&caller::cookie(enrolled.token)).map_err(Fault::internal)?;
            Ok(answer)
        }
        Err(fault) if fault.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let page = EnrolPage::new(locale.0, &door.links, "devices-code-refused");
            Ok(Html(page).customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
        }
        Err(fault) => Err(fault),
    }
}

/// The code is used up in the transaction that writes the phone: of two phones with one code, one is enrolled. It is in the
/// hands of who was signed in on it before, so that their session ends with it.
async fn enrol(
    door: &Door,
    request: &RequestId,
    asked: Enrolment,
    staff: Option<Staff<can::Anything>>,
) -> Result<Enrolled, Fault> {
    let code = secret::hash_of_code(&asked.code).ok_or_else(refused)?;
    let own_name = asked.name.as_deref().map(form::name).transpose()?;
    let (id, token, now) = (Uuid::now_v7(), secret::generate()?, door.clock.now());
    let hash = secret::hash(&token).ok_or_else(|| Fault::internal("a secret that nobody could send"))?;
    let actor = Actor::named("nobody", request);
    let device = door
        .db
        .transaction(async |conn| {
            let used = enrolment::use_code(conn, &code, now).await?.ok_or_else(refused)?;
            let name = own_name.clone().unwrap_or_else(|| used.name.clone());
            enrolment::enrol(conn, id, &name, &used, &hash, now).await?;
            let detail = json!({"name": name, "gate": used.gate_id, "invited_by": used.invited_by, "invitation": used.id});
            audit::record(conn, &actor, "device.enrolled", &id.to_string(), detail, now).await?;
            if let Some(staff) = &staff {
                hands::take(conn, id, &Taken::of(&staff.claims, now)).await?;
            }
            Ok::<_, Fault>(DeviceView { id, name, gate: used.gate_id, gate_name: used.gate_name })
        })
        .await
        .inspect_err(|fault| {
            if fault.code() == faults::CODE_REFUSED {
                metrics::get().code_refused();
            }
        })?;
    super::known_here(door).await;
    tracing::info!(device = %id, "a phone was enrolled");
    Ok(Enrolled { device, token })
}

fn refused() -> Fault {
    faults::code_refused()
}
