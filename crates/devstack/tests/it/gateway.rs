//! The gateway's configuration, by Envoy's own validator, and the gateway itself in front of nothing.

use std::process::Command;

use devstack::gateway::{self, Limits};
use devstack::{Addresses, ports, render, root};

#[test]
fn envoy_accepts_the_configuration_without_a_deprecation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("envoy.yaml");
    let at = Addresses::from_ports(8080, |_| ports::free()).unwrap();
    std::fs::write(&file, gateway::render(&gateway::local_values(&at, Limits::CLUB, None)).unwrap()).unwrap();
    let run = Command::new(root::installed("envoy").unwrap())
        .args(["--mode", "validate", "-c"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(!said.to_lowercase().contains("deprecated field"), "{said}");
}

#[test]
fn a_placeholder_without_a_value_is_refused_by_name() {
    let error = gateway::render(&vec![("LISTEN_PORT", "1".into())]).unwrap_err();
    assert!(error.to_string().contains('@'), "{error}");
}

#[test]
fn what_kubernetes_runs_is_rendered_from_the_same_files() {
    render::check().unwrap();
}

#[tokio::test]
async fn internal_paths_strange_hosts_and_dead_services_are_answered_by_the_gateway_itself() {
    let folder = tempfile::tempdir().unwrap();
    let at = Addresses::from_ports(ports::free().unwrap(), |_| ports::free()).unwrap();
    let _envoy = gateway::start(folder.path(), &at, Limits::CLUB, None).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |host: &'static str, path: &str| {
        let answer = client
            .get(format!("http://127.0.0.1:{}{path}", at.gateway))
            .header("host", host)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    for path in [
        "/internal/v1/staff",
        "/Internal/a",
        "/%69nternal/a",
        "//internal",
        "/metrics",
        "/metrics;a=b",
        "/readyz",
        "/healthz",
    ] {
        let (status, problem) = ask("maguey.localhost", path).await;
        assert_eq!(status, 404, "{path}: {problem}");
        assert_eq!(problem["code"], "gateway_404", "{path}");
    }
    assert_eq!(ask("elsewhere.example", "/").await.0, 421);
    let (status, problem) = ask("tickets.maguey.localhost", "/").await;
    assert_eq!((status, &problem["code"]), (503, &"gateway_503".into()));
    assert!(problem["request_id"].as_str().is_some_and(|id| !id.is_empty()));
}

/// What one request may hold of the gateway's memory, how often, and that the gateway knows its own measure.
#[tokio::test]
async fn no_flood_of_bodies_fills_the_gateway() {
    let folder = tempfile::tempdir().unwrap();
    let at = Addresses::from_ports(ports::free().unwrap(), |_| ports::free()).unwrap();
    let limits = Limits { webhook_per_second: 3, ..Limits::ONE_MACHINE };
    let _envoy = gateway::start(folder.path(), &at, limits, None).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, kilobytes: usize| {
        let url = format!("http://127.0.0.1:{}{path}", at.gateway);
        let body = vec![b' '; kilobytes * 1024];
        let sent = client.post(url).header("host", "tickets.maguey.localhost").body(body).send().await;
        let answer = sent.unwrap();
        (answer.status().as_u16(), answer.headers().get("retry-after").cloned())
    };
    // 503: it has come through to where the service would be.
    for (path, kilobytes, status) in [
        ("/api/v1/checkouts", 63, 503),
        ("/api/v1/checkouts", 65, 413),
        ("/e/friday", 65, 413),
        ("/webhooks/stripe", 250, 503),
        ("/webhooks/stripe", 257, 413),
    ] {
        assert_eq!(post(path, kilobytes).await.0, status, "{path} with {kilobytes} KB");
    }
    // Fifty in less than fifteen seconds are more than three a second.
    let mut refused = None;
    for _ in 0..50 {
        let (status, retry) = post("/webhooks/stripe", 1).await;
        if status == 429 {
            refused = retry;
            break;
        }
    }
    assert_eq!(refused.expect("somebody who is not Stripe"), "1");

    let stats = format!("http://127.0.0.1:{}/stats/prometheus", at.gateway_status);
    let stats = client.get(stats).send().await.unwrap().text().await.unwrap();
    for action in ["shrink_heap", "stop_accepting_requests"] {
        let watched = format!("envoy_overload_envoy_overload_actions_{action}_active");
        assert!(stats.contains(&watched), "{watched} in {stats}");
    }
}

#[tokio::test]
async fn somebody_who_tries_passwords_is_slowed_down_and_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let at = Addresses::from_ports(ports::free().unwrap(), |_| ports::free()).unwrap();
    let limits = Limits { sign_in_per_minute: 3, ..Limits::ONE_MACHINE };
    let _envoy = gateway::start(folder.path(), &at, limits, None).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let url = format!("http://127.0.0.1:{}/api/v1/session", at.gateway);
        let answer = client.post(url).header("host", "scanner.maguey.localhost").send().await.unwrap();
        statuses.push(answer.status().as_u16());
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "60");
        }
    }
    assert_eq!(statuses, [503, 503, 503, 429]);
}

/// Three hundred phones of one carrier press the button in the same minute. After that, who goes on is one who plays a crowd.
#[tokio::test]
async fn a_crowd_behind_one_address_comes_through_to_the_checkout_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = Addresses::from_ports(ports::free().unwrap(), |_| ports::free()).unwrap();
    let club = Limits::CLUB;
    let limits = Limits {
        checkout_burst: club.checkout_burst,
        checkout_per_minute: club.checkout_per_minute,
        look_up_burst: club.look_up_burst,
        look_up_per_minute: club.look_up_per_minute,
        ..Limits::ONE_MACHINE
    };
    let _envoy = gateway::start(folder.path(), &at, limits, None).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let press = async |path: &str| {
        let url = format!("http://127.0.0.1:{}{path}", at.gateway);
        let answer = client.post(url).header("host", "tickets.maguey.localhost").send().await.unwrap();
        answer.status().as_u16()
    };
    for phone in 0..300 {
        let path = if phone % 2 == 0 { "/e/friday" } else { "/api/v1/checkouts" };
        assert_eq!(press(path).await, 503, "phone {phone} comes through to where the service would be");
        let look = client.get(format!("http://127.0.0.1:{}/orders/ABCDEFGH?key=one", at.gateway));
        let look = look.header("host", "tickets.maguey.localhost").send().await.unwrap();
        assert_eq!(look.status(), 503, "and to the order of phone {phone}");
    }
    let mut refused = false;
    for _ in 0..2 * club.checkout_burst {
        refused = press("/e/friday").await == 429;
        if refused {
            break;
        }
    }
    assert!(refused, "nobody is a crowd without end");
}

/// All that a guest may send and that costs a place, a mail or money is counted together.
#[tokio::test]
async fn whoever_sends_forms_without_end_is_slowed_down_whichever_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = Addresses::from_ports(ports::free().unwrap(), |_| ports::free()).unwrap();
    let limits = Limits { form_per_minute: 3, ..Limits::ONE_MACHINE };
    let _envoy = gateway::start(folder.path(), &at, limits, None).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut statuses = Vec::new();
    for path in ["/e/friday/reminder", "/reminders/one/stop", "/orders/ONE/guests", "/e/friday/reminder"] {
        let url = format!("http://127.0.0.1:{}{path}", at.gateway);
        let answer = client.post(url).header("host", "tickets.maguey.localhost").send().await.unwrap();
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [503, 503, 503, 429]);
}
