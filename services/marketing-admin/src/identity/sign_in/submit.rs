//! Address and password, checked: one answer and one amount of work, whether or not there is such an account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, Locale, PageForm};

use super::page::{PATH, SignInPage};
use crate::identity::account::store as accounts;
use crate::identity::limits::{self, Limit};
use crate::identity::password::Lane;
use crate::identity::session::open;
use crate::identity::visit::Visit;
use crate::identity::{activity, entrance};
use crate::{Desk, views};

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs in, or says on the form that the two don't fit each other; which of them it is stays unsaid.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    form: PageForm<SignInForm>,
) -> Result<HttpResponse, Fault> {
    let SignInForm { email: typed, password, next } = form.into_inner();
    let email = entrance::address_of(&typed);
    let whom = email.as_ref().map_or("", |email| email.as_str());
    let place = desk.passwords.place(Lane::Guest)?;
    limits::take(&desk, Limit::SignIn, &visit, whom).await?;
    // The connection goes back before the password waits for its turn.
    let account = accounts::by_email(&mut *desk.db.conn().await?, whom).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let fits = place.matches(hash, password).await?;
    if let Some(account) = account.as_ref().filter(|_| fits) {
        match open::by_password(&desk, &visit, account, &next).await {
            // It has another password since a moment ago: this one is wrong.
            Err(fault) if fault.code() == "session_ended" => {}
            answer => return answer,
        }
    }
    if let Some(account) = account {
        write_down(&desk, account.id, &visit);
    }
    let mut page = SignInPage::new(&desk, locale, &next, PATH);
    page.problem = "invalid_credentials";
    page.email = typed.chars().take(254).collect();
    views::private(StatusCode::UNAUTHORIZED, &page)
}

/// Tells the owner of the account. Beside the answer, so that it is not later than that of an unknown address.
fn write_down(desk: &Data<Desk>, account: Uuid, visit: &Visit) {
    let (desk, visit) = (desk.clone(), visit.clone());
    actix_web::rt::spawn(async move {
        let now = desk.clock.now();
        let noted = desk
            .db
            .transaction(async |conn| {
                let detail = json!({"proof": "password"});
                activity::note(conn, account, "sign_in_refused", detail, &visit, now).await?;
                Ok::<_, Fault>(())
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a refused sign-in could not be written down");
        }
    });
}
