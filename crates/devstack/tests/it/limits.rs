//! The gateway's limits against the routes that the services really have.

use std::net::SocketAddr;

use devstack::gateway::Limits;
use devstack::{Service, Stack, StackOptions, root};
use reqwest::{Client, Method};

/// What one address may do only so often per minute: site, method and path as in the service's routes, a path to ask.
const SLOWED: [(Service, &str, &str, &str); 20] = [
    (Service::MarketingAdmin, "post", "/admin/sign-in", "/admin/sign-in"),
    (Service::MarketingAdmin, "post", "/api/v1/session", "/api/v1/session"),
    (Service::Scanner, "post", "/sign-in", "/sign-in"),
    (Service::Scanner, "post", "/api/v1/session", "/api/v1/session"),
    (Service::Scanner, "post", "/sign-in/pin", "/sign-in/pin"),
    (Service::Scanner, "post", "/pin", "/pin"),
    (Service::Scanner, "post", "/enrol", "/enrol"),
    (Service::Scanner, "post", "/api/v1/devices/enrol", "/api/v1/devices/enrol"),
    (Service::Purchase, "post", "/e/{slug}", "/e/no-such-night"),
    (Service::Purchase, "post", "/api/v1/checkouts", "/api/v1/checkouts"),
    (Service::Purchase, "post", "/orders/{reference}/pay", "/orders/ABCDEFGH/pay"),
    (Service::Purchase, "post", "/orders/{reference}/mail", "/orders/ABCDEFGH/mail"),
    (Service::Purchase, "post", "/my", "/my"),
    (
        Service::Purchase,
        "post",
        "/tickets/{ticket}/transfer",
        "/tickets/0198c0de-0000-7000-8000-000000000001/transfer",
    ),
    (Service::Purchase, "get", "/orders/{reference}", "/orders/ABCDEFGH?key=guess"),
    (Service::Purchase, "get", "/api/v1/orders/{reference}", "/api/v1/orders/ABCDEFGH?key=guess"),
    (Service::Purchase, "get", "/orders/{reference}/tickets.pdf", "/orders/ABCDEFGH/tickets.pdf?key=guess"),
    (Service::Purchase, "get", "/orders/{reference}/calendar.ics", "/orders/ABCDEFGH/calendar.ics?key=guess"),
    (
        Service::Purchase,
        "get",
        "/tickets/{ticket}",
        "/tickets/0198c0de-0000-7000-8000-000000000001?key=guess",
    ),
    (Service::Purchase, "post", "/wallet/v1/log", "/wallet/v1/log"),
];
/// What must not wait in any rush, or stays open.
const FREE: [(Service, &str, &str); 10] = [
    (Service::Scanner, "post", "/api/v1/scans"),
    (Service::Scanner, "post", "/api/v1/scans/batch"),
    (Service::Scanner, "post", "/api/v1/photos"),
    (Service::Scanner, "post", "/desk/incident"),
    (Service::Scanner, "get", "/live/stream"),
    (Service::Purchase, "post", "/webhooks/stripe"),
    (Service::MarketingAdmin, "get", "/api/v1/figures/stream"),
    (Service::MarketingAdmin, "get", "/admin/events/{event}/reservations/stream"),
    (Service::Purchase, "get", "/e/{slug}/live"),
    (Service::Purchase, "get", "/e/{slug}/tables/live"),
];

#[test]
fn every_path_that_the_gateway_treats_specially_is_a_route() {
    let special = SLOWED.map(|(service, method, route, _)| (service, method, route)).into_iter().chain(FREE);
    for (service, method, route) in special {
        let file = root::repository().join(format!("services/{}/src/routes.rs", service.program()));
        let routes = std::fs::read_to_string(&file).unwrap();
        assert!(routes.contains(&format!(".{method}(\"{route}\"")), "{service:?} has no {method} {route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_a_rush_of_webhooks_is_not() {
    let limits = Limits {
        any_burst: 20,
        any_per_second: 20,
        sign_in_per_minute: 2,
        checkout_burst: 2,
        checkout_per_minute: 1,
        form_per_minute: 2,
        look_up_burst: 2,
        look_up_per_minute: 1,
        webhook_per_second: 100,
    };
    let stack = Stack::start(StackOptions { limits, ..StackOptions::default() }).await.unwrap();
    let gateway = stack.urls.gateway.trim_start_matches("http://").parse().unwrap();

    // Every path on its own would have two tries; what shares a limit shares them.
    let limited = [
        &SLOWED[0..2],
        &SLOWED[2..4],
        &SLOWED[4..8],
        &SLOWED[8..10],
        &SLOWED[10..14],
        &SLOWED[14..19],
        &SLOWED[19..20],
    ];
    // An address per group: what was spent by one guest is not spent for the next.
    for (group, last) in limited.into_iter().zip(10..) {
        let guest = guest(gateway, [127, 0, 0, last]);
        let mut statuses = Vec::new();
        for (service, method, _, path) in group.iter().cycle().take(group.len() + 2) {
            let (status, retry) = ask(&guest, method, *service, path).await;
            assert_eq!(status == 429, retry.as_deref() == Some("60"), "{path}: {status}, {retry:?}");
            statuses.push(status);
        }
        let refused = statuses.iter().position(|status| *status == 429);
        assert_eq!(refused, Some(2), "{group:?}: {statuses:?}");
        assert!(statuses[2..].iter().all(|status| *status == 429), "{group:?}: {statuses:?}");
    }

    let stripe = guest(gateway, [127, 0, 0, 30]);
    for (method, path, limited) in [("post", "/webhooks/stripe", false), ("get", "/api/v1/events", true)] {
        let asked = (0..80).map(|_| ask(&stripe, method, Service::Purchase, path));
        let statuses = futures::future::join_all(asked).await;
        let refused = statuses.iter().filter(|(status, _)| *status == 429).count();
        assert_eq!(refused > 0, limited, "{path}: {refused} of 80 refused");
    }

    // A photograph is larger than anything else that phones send: whether it is taken, the door says and not the gateway.
    let phone = guest(gateway, [127, 0, 0, 31]);
    for path in ["/api/v1/photos?of=incident", "/desk/incident"] {
        let request = phone.post(format!("http://{}{path}", Service::Scanner.local_domain()));
        let answer = request.header("content-type", "image/jpeg").body(vec![0_u8; 1024 * 1024]).send().await;
        assert_ne!(answer.expect("an answer").status(), 413, "{path}");
    }
}

/// Somebody at an address of their own.
fn guest(gateway: SocketAddr, address: [u8; 4]) -> Client {
    let mut client = Client::builder()
        .no_proxy()
        .local_address(std::net::IpAddr::from(address))
        .redirect(reqwest::redirect::Policy::none());
    for service in Service::ALL {
        client = client.resolve(service.local_domain(), gateway);
    }
    client.build().expect("a client")
}

async fn ask(guest: &Client, method: &str, at: Service, path: &str) -> (u16, Option<String>) {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let site = at.local_domain();
    let answer = guest.request(method, format!("http://{site}{path}")).send().await.expect("an answer");
    let retry =
        answer.headers().get("retry-after").map(|value| value.to_str().expect("plain text").to_owned());
    (answer.status().as_u16(), retry)
}
