//! `POST /sign-out`: the page's way out.

use actix_web::{HttpResponse, web::Data};
use web::{Fault, RequestId, Staff, can, redirect, session};

use crate::{Door, sessions::close};

/// Ends the session and shows the sign-in form. Foreign pages cannot cause it: `web::csrf` looks at where it comes from.
pub async fn post(
    door: Data<Door>,
    staff: Staff<can::Anything>,
    request: RequestId,
) -> Result<HttpResponse, Fault> {
    close::end(&door, &staff, &request).await?;
    let mut answer = redirect::see_other("/sign-in");
    answer.add_cookie(&session::removal_cookie()).map_err(Fault::internal)?;
    Ok(answer)
}
