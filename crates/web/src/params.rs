//! Faults of paths and query strings, in our words.

use actix_web::{
    HttpRequest,
    dev::ServiceRequest,
    web::{PathConfig, QueryConfig},
};

use crate::{
    body::{check_escapes, field_fault, sentence},
    fault::Fault,
};

/// A path whose variable is not of its type names nothing: 404.
pub(crate) fn path_config() -> PathConfig {
    PathConfig::default().error_handler(|_, _: &HttpRequest| Fault::not_found().into())
}

/// A query string that is not of its type: 422 `invalid_value` or `missing_field`, 400 `duplicate_parameter`.
pub(crate) fn query_config() -> QueryConfig {
    QueryConfig::default()
        .error_handler(|error, _: &HttpRequest| field_fault("", &sentence(&error.to_string())).into())
}

/// 400 `invalid_encoding` for a target that does not decode to text without NUL, whatever route it is for.
pub(crate) fn check_target(request: &ServiceRequest) -> Result<(), Fault> {
    check_escapes(request.uri().path_and_query().map_or("", |target| target.as_str()))
}
