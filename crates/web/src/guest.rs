//! Which guest asks, where that matters: their own pages, and forms that know them.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    cookie::Cookie,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use chrono::{DateTime, Utc};
use domain::ids::{AccountId, GuestSessionId};
use futures::future::{BoxFuture, LocalBoxFuture};
use serde::de::DeserializeOwned;

use crate::{
    body, csrf,
    fault::Fault,
    front::Front,
    staff::Standing,
    tokens::{
        TokenFault,
        guest::{self, GuestClaims},
    },
};

/// A guest who is signed in. As an argument of a handler it *is* the check: 401 `token_missing`, `token_expired`, `token_invalid` or
/// `session_ended`. A browser that asks for a page is led to where sessions are refreshed and begun.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Whose account.
    pub account: AccountId,
    /// This sign-in.
    pub session: GuestSessionId,
    /// The name to show; may be empty.
    pub name: String,
    /// The proven address, if there is one.
    pub email: Option<String>,
    /// The whole token's claims.
    pub claims: GuestClaims,
}

impl Guest {
    /// The text for the hidden field `csrf` of a form shown to this guest.
    pub fn csrf_token(&self) -> &str {
        &self.claims.csrf
    }

    /// 403 `proof_needed` unless they proved who they are within the last minutes ([`guest::FRESH`]).
    pub fn proved(&self, now: DateTime<Utc>) -> Result<(), Fault> {
        if self.claims.is_fresh(now) {
            Ok(())
        } else {
            Err(Fault::new(StatusCode::FORBIDDEN, "proof_needed"))
        }
    }

    fn of(claims: GuestClaims) -> Self {
        Self {
            account: claims.sub,
            session: claims.sid,
            name: claims.name.clone(),
            email: claims.email.clone(),
            claims,
        }
    }
}

/// Asked for each request with a genuine token. A service that can tell provides one with [`crate::App::ended_guests`].
pub trait EndedGuests: Send + Sync {
    /// Whether this session is still good. An error refuses the request: never open when in doubt.
    fn standing<'a>(&'a self, claims: &'a GuestClaims) -> BoxFuture<'a, Result<Standing, Fault>>;
}

/// What a refresh gives: who it is, and the cookies that say so from now on.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// Who.
    pub claims: GuestClaims,
    /// What the browser is to keep.
    pub cookies: Vec<Cookie<'static>>,
}

/// Refreshes a session inside a request, where the refresh token is at hand: a form that was open for long is not lost.
/// A service provides one with [`crate::App::guest_refresh`].
pub trait GuestRefresh: Send + Sync {
    /// The new token, if the browser's refresh token is good.
    fn refresh<'a>(&'a self, request: RefreshAsked) -> BoxFuture<'a, Result<Option<Refreshed>, Fault>>;
}

/// Who asks for a refresh, and with what.
#[derive(Debug, Clone)]
pub struct RefreshAsked {
    /// The refresh token.
    pub token: String,
    /// What the browser calls itself.
    pub agent: String,
    /// Where it is.
    pub address: crate::ClientAddress,
    /// The request it is part of.
    pub request: crate::RequestId,
}

/// The cookie with the refresh token: on the club's own site alone.
pub const REFRESH_COOKIE: &str = "__Host-maguey_refresh";

pub(crate) type EndedGuestsHook = Arc<dyn EndedGuests>;
pub(crate) type GuestRefreshHook = Arc<dyn GuestRefresh>;

/// A guest who may be signed in. Whoever is not, or not any more, is nobody in particular: the page serves them too.
#[derive(Debug, Clone)]
pub struct MaybeGuest(
    /// Who.
    pub Option<Guest>,
    /// Whether a token was sent that was good once: there may be a session to refresh.
    pub bool,
);

impl FromRequest for Guest {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { known(&request).await.map_err(Fault::of_guest) })
    }
}

impl FromRequest for MaybeGuest {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match known(&request).await {
                Ok(guest) => Ok(Self(Some(guest), false)),
                Err(fault) if fault.status() == StatusCode::UNAUTHORIZED => {
                    Ok(Self(None, fault.code() == TokenFault::Expired.code()))
                }
                Err(fault) => Err(fault),
            }
        })
    }
}

/// A form sent by a signed-in guest, with the session's token in its field `csrf`. The field is taken out before `T` is read.
#[derive(Debug)]
pub struct GuestForm<T> {
    /// What the form says.
    pub form: T,
    /// Who sent it.
    pub guest: Guest,
}

impl<T: DeserializeOwned + 'static> FromRequest for GuestForm<T> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let guest = known(&request).await.map_err(Fault::of_guest)?;
            let body = body::read_form(&request, &mut payload).await?;
            let rest = csrf::without_token(&body, guest.csrf_token())?;
            Ok(Self { form: body::parse_form(&rest)?, guest })
        })
    }
}

/// Who sent the request.
async fn known(request: &HttpRequest) -> Result<Guest, Fault> {
    let front = request.app_data::<Data<Front>>().cloned();
    let front = front.ok_or_else(|| Fault::internal("this handler runs outside web::boot"))?;
    let token = one_cookie(request, guest::COOKIE)?.ok_or_else(Fault::unauthenticated)?;
    let claims = match front.guest_keys.verify(&token, front.clock.now()) {
        Ok(claims) => claims,
        Err(TokenFault::Expired) => refreshed(request, &front).await?,
        Err(fault) => return Err(fault.into()),
    };
    if let Some(hook) = &front.ended_guests {
        match hook.standing(&claims).await? {
            Standing::Live => {}
            Standing::Ended | Standing::Revoked => {
                return Err(Fault::new(StatusCode::UNAUTHORIZED, "session_ended"));
            }
        }
    }
    Ok(Guest::of(claims))
}

async fn refreshed(request: &HttpRequest, front: &Front) -> Result<GuestClaims, Fault> {
    let expired = || Fault::from(TokenFault::Expired);
    let Some(hook) = &front.guest_refresh else { return Err(expired()) };
    // Two extractors of one handler refresh once.
    if let Some(done) = request.extensions().get::<Rc<Refreshed>>() {
        return Ok(done.claims.clone());
    }
    let token = one_cookie(request, REFRESH_COOKIE)?.ok_or_else(expired)?;
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let address = crate::ClientAddress::of_request(request);
    let asked = RefreshAsked {
        token,
        agent: agent.unwrap_or_default().to_owned(),
        address,
        request: crate::RequestId::of(request),
    };
    let done = hook.refresh(asked).await?.ok_or_else(expired)?;
    let claims = done.claims.clone();
    let baked = Baked(RefCell::new(done.cookies.clone()));
    request.extensions_mut().insert(Rc::new(done));
    request.extensions_mut().insert(baked);
    Ok(claims)
}

/// Cookies that the answer is to carry, whatever the handler says.
struct Baked(RefCell<Vec<Cookie<'static>>>);

/// Adds the cookies of a refresh to the answer, unless the handler has set the same itself.
pub(crate) fn hand_out(
    request: &HttpRequest,
    response: &mut HttpResponse<impl actix_web::body::MessageBody>,
) {
    let cookies = request.extensions().get::<Baked>().map(|baked| baked.0.take()).unwrap_or_default();
    for cookie in cookies {
        let set = response.cookies().any(|own| own.name() == cookie.name());
        if set {
            continue;
        }
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// The cookie of this name; two of them are an attack, not a choice.
pub fn one_cookie(request: &HttpRequest, name: &str) -> Result<Option<String>, Fault> {
    let cookies =
        request.cookies().map_err(|_| Fault::bad_request("bad_request").detail("A cookie is malformed."))?;
    let mut found = cookies.iter().filter(|cookie| cookie.name() == name);
    let first = found.next().map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty());
    if found.next().is_some() {
        return Err(Fault::bad_request("duplicate_parameter").detail("A session cookie was sent twice."));
    }
    Ok(first)
}
