//! Paths that two servers could read in different ways, written byte by byte: the gateway and the service decide alike, and nobody
//! gets behind the desk's sign-in by spelling.

use super::{smuggling::answers, *};
use std::net::SocketAddr;

const HOST: &str = "Host: maguey.localhost\r\n";

const ODD: [&str; 16] = [
    "//admin/events",
    "/./admin/events",
    "/x/../admin/events",
    "/x/%2e%2e/admin/events",
    "/..;/admin/events",
    "/x/..;/admin/events",
    "/admin;a=b/events",
    "/ADMIN/events",
    "/Admin/Events",
    "/admin./events",
    "/admin/events.",
    "/admin/events/.",
    "/%61dmin/events",
    "/admin%2fevents",
    "/admin%5cevents",
    "/admin/events%00",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_leads_behind_the_sign_in() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let owner = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let address = |url: &str| url.trim_start_matches("http://").parse::<SocketAddr>();
    let gateway = address(&stack.urls.gateway)?;
    let service = address(&stack.direct(Service::MarketingAdmin))?;
    let get =
        |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\n{HOST}Accept: text/html\r\n{more}\r\n");
    for (place, to) in [("gateway", gateway), ("service", service)] {
        // The control: the page is there for who is signed in.
        let cookie = format!("Cookie: __Host-maguey_staff={}\r\n", owner.token());
        let known = answers(to, &get("/admin/events", &cookie)).await?;
        assert_eq!(known.first(), Some(&200), "{place}: {known:?}");
        for path in ODD {
            let heard = answers(to, &get(path, "")).await?;
            let first = heard.first().copied().unwrap_or_default();
            assert!(matches!(first, 301 | 303 | 307 | 308 | 400 | 404), "{path} at the {place}: {heard:?}");
        }
        for path in
            ["/..;/internal/v1/staff", "/x/%2e%2e/internal/v1/staff", "/INTERNAL/v1/staff", "/internal./v1"]
        {
            let heard = answers(to, &get(path, "")).await?;
            let first = heard.first().copied().unwrap_or_default();
            assert!(matches!(first, 400 | 404), "{path} at the {place}: {heard:?}");
        }
    }
    Ok(())
}
