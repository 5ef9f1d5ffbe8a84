//! Which service asks, on the internal listener. Who may is a type, so that a handler's arguments say it:
//! `ServiceCaller<callers::Operator>`.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use domain::ids::StaffId;

use crate::{denied, fault::Fault, front::Front, staff};

/// The services that may call a route.
pub trait Callers: 'static {
    /// Their names, or none if any of ours may.
    const NAMES: Option<&'static [&'static str]>;
}

/// Common answers to "who may call this?"; a service adds its own beside its routes.
pub mod callers {
    use super::Callers;

    /// Any service of the house.
    #[derive(Debug, Clone, Copy)]
    pub struct AnyService;
    impl Callers for AnyService {
        const NAMES: Option<&'static [&'static str]> = None;
    }

    /// The desk, for its staff, and the operator.
    #[derive(Debug, Clone, Copy)]
    pub struct Desk;
    impl Callers for Desk {
        const NAMES: Option<&'static [&'static str]> = Some(&["marketing-admin", "magueyctl"]);
    }

    /// The operator's command, `magueyctl`.
    #[derive(Debug, Clone, Copy)]
    pub struct Operator;
    impl Callers for Operator {
        const NAMES: Option<&'static [&'static str]> = Some(&["magueyctl"]);
    }

    /// The till.
    #[derive(Debug, Clone, Copy)]
    pub struct Purchase;
    impl Callers for Purchase {
        const NAMES: Option<&'static [&'static str]> = Some(&["purchase"]);
    }

    /// The door.
    #[derive(Debug, Clone, Copy)]
    pub struct Scanner;
    impl Callers for Scanner {
        const NAMES: Option<&'static [&'static str]> = Some(&["scanner"]);
    }
}

/// Another of our services, known by the token that it signed for this one.
#[derive(Debug, Clone)]
pub struct ServiceCaller<C: Callers = callers::AnyService> {
    /// Its name, such as `scanner` or `magueyctl`.
    pub name: String,
    /// The member of staff who asked it, where it passed that on.
    pub staff: Option<StaffId>,
    callers: PhantomData<fn() -> C>,
}

impl<C: Callers> FromRequest for ServiceCaller<C> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check::<C>(request))
    }
}

fn check<C: Callers>(request: &HttpRequest) -> Result<ServiceCaller<C>, Fault> {
    let front = Front::of(request)?;
    let token = staff::bearer(request)?.ok_or_else(Fault::unauthenticated)?;
    let claims = front.service_keys.verify(&token, front.service, front.clock.now())?;
    if C::NAMES.is_some_and(|names| !names.contains(&claims.iss.as_str())) {
        denied::note(front, request, claims.staff, &claims.iss, None);
        return Err(Fault::forbidden());
    }
    Ok(ServiceCaller { name: claims.iss, staff: claims.staff, callers: PhantomData })
}
