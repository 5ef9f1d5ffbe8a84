//! Somebody of whom a provider says who they are: what that means here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::pages::{self, At};
use super::profile::Profile;
use super::{pending, prove, store};
use crate::identity::account::store::{self as accounts, NewAccount};
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::session::{Proof, open};

/// Signs in who is known; lets others prove what is missing.
pub(super) async fn arrive(at: &At<'_>, profile: &Profile) -> Result<HttpResponse, Fault> {
    let known = {
        let mut conn = at.desk.db.conn().await?;
        store::owner(&mut conn, at.provider, &profile.subject).await?
    };
    if let Some(account) = known {
        return finish(at, account).await;
    }
    match &profile.email {
        None => pages::said(at, StatusCode::UNPROCESSABLE_ENTITY, "bare", "/account/sign-up".to_owned()),
        Some(email) if profile.verified => proven(at, email, profile).await,
        Some(email) => prove::ask(at, email, profile).await,
    }
}

/// Somebody whose address is proven: a new account, or, where there is one with this address, its owner's word first.
pub(super) async fn proven(at: &At<'_>, email: &str, profile: &Profile) -> Result<HttpResponse, Fault> {
    let (now, by) = (at.desk.clock.now(), at.by());
    let new = NewAccount {
        id: Uuid::now_v7(),
        email: Some(email.to_owned()),
        phone: None,
        name: profile.name.clone(),
        password_hash: None,
        language: at.visit.language.code().to_owned(),
        marketing: false,
    };
    let made = at
        .desk
        .db
        .transaction(async |conn| {
            if accounts::by_email(conn, email).await?.is_some() || !accounts::insert(conn, &new, now).await? {
                return Ok(false);
            }
            if !store::link(conn, by.provider, profile, new.id, now).await? {
                // The same person in another tab was faster: the account just made is not wanted.
                return Err(Fault::conflict("invalid_state"));
            }
            let detail = json!({"provider": by.provider.code()});
            activity::note(conn, new.id, "signed_up", detail, by.visit, now).await?;
            tell::changed(conn, new.id, now).await?;
            Ok::<_, Fault>(true)
        })
        .await?;
    if made { finish(at, new.id).await } else { pending::keep(at, email, profile).await }
}

async fn finish(at: &At<'_>, account: Uuid) -> Result<HttpResponse, Fault> {
    open::finish(at.desk, at.visit, account, Proof::Provider(at.provider.code()), at.next).await
}
