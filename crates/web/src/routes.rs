//! Every URL of a service in one table, and the only way to register one.
//!
//! Because each route passes through here, the table is complete: the test that asks every route with every
//! kind of caller cannot miss one.

use actix_web::{
    FromRequest, Handler, HttpRequest, Resource, Responder, Route, guard,
    http::{Method, StatusCode, header},
    web::{ServiceConfig, to},
};

use crate::fault::Fault;

/// The routes of one listener.
#[derive(Default)]
pub struct Routes {
    paths: Vec<Path>,
}

struct Path {
    pattern: String,
    methods: Vec<(Method, Route)>,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRow {
    /// The method. GET answers HEAD as well.
    pub method: Method,
    /// The path with its variables, such as `/api/v1/events/{slug}`.
    pub path: String,
}

/// The table of the routes that `configure` registers.
pub fn table(configure: impl FnOnce(&mut Routes)) -> Vec<RouteRow> {
    let mut routes = Routes::default();
    configure(&mut routes);
    routes.rows()
}

/// One method per verb: its handler takes extractors and returns a responder.
macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<F, Args>(&mut self, path: &str, handler: F) -> &mut Self
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            self.add(Method::$method, path, Route::new().to(handler))
        }
    )*};
}

impl Routes {
    verbs! {
        /// GET, and with it HEAD. Must change nothing.
        get GET;
        /// POST.
        post POST;
        /// PUT.
        put PUT;
        /// PATCH.
        patch PATCH;
        /// DELETE.
        delete DELETE;
    }

    /// The rows so far, in the order in which they are tried.
    pub fn rows(&self) -> Vec<RouteRow> {
        let row =
            |path: &Path, method: &Method| RouteRow { method: method.clone(), path: path.pattern.clone() };
        self.paths
            .iter()
            .flat_map(|path| path.methods.iter().map(move |(method, _)| row(path, method)))
            .collect()
    }

    fn add(&mut self, method: Method, path: &str, route: Route) -> &mut Self {
        let wanted = method.clone();
        let route = route.guard(guard::fn_guard(move |request| {
            let asked = &request.head().method;
            *asked == wanted || (wanted == Method::GET && *asked == Method::HEAD)
        }));
        match self.paths.iter_mut().find(|known| known.pattern == path) {
            Some(known) => known.methods.push((method, route)),
            None => self.paths.push(Path { pattern: path.to_owned(), methods: vec![(method, route)] }),
        }
        self
    }

    /// Hands the routes to actix. What a path does not answer is 405 with the methods that it does.
    pub(crate) fn install(self, config: &mut ServiceConfig) {
        for path in self.paths {
            let allow = allowed(&path.methods);
            let mut resource = Resource::new(path.pattern.as_str());
            for (_, route) in path.methods {
                resource = resource.route(route);
            }
            config.service(resource.default_service(to(move |request: HttpRequest| {
                let refused = refuse_method(&request, &allow);
                async move { Err::<String, Fault>(refused) }
            })));
        }
    }
}

fn allowed(methods: &[(Method, Route)]) -> String {
    let mut names: Vec<&str> = methods.iter().map(|(method, _)| method.as_str()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.join(", ")
}

fn refuse_method(request: &HttpRequest, allow: &str) -> Fault {
    let preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if preflight {
        return Fault::new(StatusCode::FORBIDDEN, "origin_rejected")
            .detail("Other sites may not call this one.");
    }
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").allow(allow.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_every_route_once() {
        let table = table(|routes| {
            routes
                .get("/e/{slug}", async || "page")
                .post("/e/{slug}", async || "bought")
                .get("/", async || "home");
        });
        let rows: Vec<String> = table.iter().map(|row| format!("{} {}", row.method, row.path)).collect();
        assert_eq!(rows, ["GET /e/{slug}", "POST /e/{slug}", "GET /"]);
    }
}
