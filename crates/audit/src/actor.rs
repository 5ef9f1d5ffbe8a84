//! Who acts.

use uuid::Uuid;
use web::{Callers, RequestId, ServiceCaller, Staff};

/// Who acts, in which request, and why. Use-cases that change something ask for it, so that none can forget the audit row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person, if it is one of the staff.
    pub staff: Option<Uuid>,
    /// The role, or the service that called.
    pub name: String,
    /// The request's id, as in the logs.
    pub request: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

impl Actor {
    /// A member of the staff who is signed in here.
    pub fn staff<P>(staff: &Staff<P>, request: &RequestId) -> Self {
        Self::person(staff.id.uuid(), &staff.grants.role, request)
    }

    /// A member of the staff by key and role.
    pub fn person(staff: Uuid, role: &str, request: impl ToString) -> Self {
        Self { staff: Some(staff), ..Self::named(role, request) }
    }

    /// Another service, and the member of staff who asked it.
    pub fn caller<C: Callers>(caller: &ServiceCaller<C>, request: &RequestId) -> Self {
        Self { staff: caller.staff.map(Uuid::from), ..Self::named(&caller.name, request) }
    }

    /// Somebody who is neither: a command, or a person who has not signed in.
    pub fn named(name: &str, request: impl ToString) -> Self {
        Self { staff: None, name: name.to_owned(), request: request.to_string(), reason: None }
    }

    /// With the reason that was given; an empty one is none, and a row holds 500 characters. An act that demands one checks
    /// it with [`fn@crate::reason`] first.
    pub fn because(mut self, reason: &str) -> Self {
        let reason: String = reason.trim().chars().take(crate::reason::LONGEST).collect();
        self.reason = (!reason.is_empty()).then_some(reason);
        self
    }
}
