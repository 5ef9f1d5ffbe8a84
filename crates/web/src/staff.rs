//! Who of the staff asks, and whether they may.

use std::{marker::PhantomData, sync::Arc};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use domain::{
    ids::{EventId, SessionId, StaffId},
    permission::{Grants, Permission},
};
use futures::future::LocalBoxFuture;

use chrono::{DateTime, Utc};

use crate::{
    can::Can,
    csrf, denied,
    fault::Fault,
    front::Front,
    guest::one_cookie,
    session::{self, Claims},
};

/// A member of the staff who holds the permission `P`. As an argument of a handler it *is* the check.
///
/// Read from `Authorization: Bearer` or, without that header, from the session cookie. 401 `token_missing`,
/// `token_expired` or `token_invalid`; 403 `forbidden` without the permission.
#[derive(Debug, Clone)]
pub struct Staff<P> {
    /// Who.
    pub id: StaffId,
    /// The name to show.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What they may do, and on which nights.
    pub grants: Grants,
    /// This sign-in.
    pub session: SessionId,
    /// The whole token's claims.
    pub claims: Claims,
    csrf_token: String,
    permission: PhantomData<fn() -> P>,
}

impl<P> Staff<P> {
    /// The text for the hidden field `csrf` of a form shown to this person.
    pub fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    /// Whether they hold a permission, on some night at least: for what a page shows. What a route needs stands in its type.
    pub const fn may(&self, permission: Permission) -> bool {
        self.grants.may(permission)
    }

    /// 403 `outside_your_nights` if this night is none of theirs.
    pub fn within(&self, event: EventId) -> Result<(), Fault> {
        if self.grants.reaches(event) { Ok(()) } else { Err(outside()) }
    }

    /// 403 `proof_needed` unless they gave a second factor within the last minutes ([`session::FRESH`]): for refunds above the
    /// club's limit, roles, keys, and lists of guests that leave the house. A page answers with the form that asks for one.
    pub fn proved(&self, now: DateTime<Utc>) -> Result<(), Fault> {
        if self.claims.is_fresh(now) {
            Ok(())
        } else {
            Err(Fault::new(StatusCode::FORBIDDEN, "proof_needed").message("proofs-error-needed", &[]))
        }
    }

    /// Whether this session can do nothing: its owner needs a second factor and has none yet.
    pub fn must_set_up(&self) -> bool {
        holds_nothing(&self.grants)
    }
}

/// A session without a single permission: all it is good for is to set up the second factor that its owner needs.
fn holds_nothing(grants: &Grants) -> bool {
    grants.can.iter().next().is_none()
}

fn outside() -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "outside_your_nights")
}

/// Whether a session that has not expired is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Live,
    /// They signed out, or changed the password or role: 401 `session_ended`.
    Ended,
    /// Somebody else ended it: 401 `token_revoked`.
    Revoked,
}

/// Asked for each request with a genuine session. A service that can tell provides one with
/// [`crate::App::ended_sessions`]; without it a session lives until it expires.
pub trait EndedSessions: Send + Sync {
    /// Whether this session is still good. An error refuses the request: never open when in doubt.
    fn standing<'a>(&'a self, claims: &'a Claims) -> futures::future::BoxFuture<'a, Result<Standing, Fault>>;
}

pub(crate) type EndedSessionsHook = Arc<dyn EndedSessions>;

impl<P: Can> FromRequest for Staff<P> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // The permission first, at once: whoever may not do this learns nothing about the rest of the request.
        let checked = check(request).and_then(|known| permitted::<P>(request, known));
        let hook = request.app_data::<Data<Front>>().and_then(|front| front.ended_sessions.clone());
        Box::pin(async move {
            let (claims, csrf_token) = checked?;
            if let Some(hook) = hook {
                match hook.standing(&claims).await? {
                    Standing::Live => {}
                    Standing::Ended => return Err(Fault::new(StatusCode::UNAUTHORIZED, "session_ended")),
                    Standing::Revoked => return Err(Fault::new(StatusCode::UNAUTHORIZED, "token_revoked")),
                }
            }
            Ok(Self {
                id: claims.sub,
                name: claims.name.clone(),
                email: claims.email.clone(),
                grants: claims.grants.clone(),
                session: claims.sid,
                claims,
                csrf_token,
                permission: PhantomData,
            })
        })
    }
}

fn permitted<P: Can>(
    request: &HttpRequest,
    (claims, csrf_token): (Claims, String),
) -> Result<(Claims, String), Fault> {
    let grants = &claims.grants;
    let otherwise = P::OTHERWISE.is_some_and(|permission| grants.may(permission));
    let fault = match P::PERMISSION.filter(|permission| !otherwise && !grants.may(*permission)) {
        Some(_) if holds_nothing(grants) => {
            Fault::new(StatusCode::FORBIDDEN, "second_factor_missing").message("proofs-error-set-up", &[])
        }
        Some(_) => Fault::forbidden(),
        None if P::CHECKS_NIGHTS || !grants.is_limited() => return Ok((claims, csrf_token)),
        None if night_of(request).is_some_and(|event| grants.reaches(event)) => {
            return Ok((claims, csrf_token));
        }
        None => outside(),
    };
    let front = Front::of(request)?;
    denied::note(front, request, Some(claims.sub), &grants.role, P::PERMISSION.map(Permission::code));
    Err(fault)
}

/// The night that the path names as `event`. A query is not asked: a handler that does not read it would be opened by it.
fn night_of(request: &HttpRequest) -> Option<EventId> {
    request.match_info().get("event").and_then(|event| event.parse().ok())
}

/// The genuine claims of this request and its CSRF token.
fn check(request: &HttpRequest) -> Result<(Claims, String), Fault> {
    let front = Front::of(request)?;
    let token = match bearer(request)? {
        Some(token) => token,
        None => one_cookie(request, session::COOKIE)?.ok_or_else(Fault::unauthenticated)?,
    };
    let claims = front.session_keys.verify(&token, front.service, front.clock.now())?;
    Ok((claims, csrf::token_for(&token)))
}

/// The bearer token, if the request has one. Two of them are an attack, not a choice.
pub(crate) fn bearer(request: &HttpRequest) -> Result<Option<String>, Fault> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Fault::bad_request("duplicate_parameter").detail("Authorization was sent twice."));
    }
    let invalid = || Fault::new(StatusCode::UNAUTHORIZED, "token_invalid");
    let text = value.to_str().map_err(|_| invalid())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(invalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim().to_owned())) } else { Err(invalid()) }
}
