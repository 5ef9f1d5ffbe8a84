//! Envoy: fills in `deploy/envoy/envoy.yaml`, here for one machine, and for Kubernetes.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::part::{Part, Signal};
use crate::{Addresses, Error, Result, Service, ready, root};

/// How many requests one address may make.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests of any kind at once: hundreds of phones of one mobile network, each with a page and its pictures.
    pub any_burst: u32,
    /// Requests of any kind that come back per second.
    pub any_per_second: u32,
    /// Tries to sign in per minute.
    pub sign_in_per_minute: u32,
    /// Tries to check out at once: a mobile network shows hundreds of phones as one address, and they all come when a sale opens.
    pub checkout_burst: u32,
    /// Tries to check out that come back per minute.
    pub checkout_per_minute: u32,
    /// Other forms that cost a mail, a place or a look at the door, per minute.
    pub form_per_minute: u32,
    /// Looks at orders at once: the same phones, when they have paid.
    pub look_up_burst: u32,
    /// Looks at orders that come back per minute: each is a try at an order's key.
    pub look_up_per_minute: u32,
    /// Webhooks per second.
    pub webhook_per_second: u32,
}

impl Limits {
    /// What the doors of a real club are set to: a page with its pictures at once, a few mistyped passwords.
    pub const CLUB: Self = Self {
        any_burst: 3000,
        any_per_second: 200,
        sign_in_per_minute: 10,
        checkout_burst: 600,
        checkout_per_minute: 120,
        form_per_minute: 30,
        look_up_burst: 1200,
        look_up_per_minute: 120,
        webhook_per_second: 500,
    };
    /// All guests come from one address: this machine, or the one that makes the load.
    pub const ONE_MACHINE: Self = Self {
        any_burst: 100_000,
        any_per_second: 100_000,
        sign_in_per_minute: 100_000,
        checkout_burst: 100_000,
        checkout_per_minute: 100_000,
        form_per_minute: 100_000,
        look_up_burst: 100_000,
        look_up_per_minute: 100_000,
        webhook_per_second: 100_000,
    };
}

/// Memory at which the gateway has no more to give: three quarters of what a pod may have (k8s/base/gateway).
const MAX_HEAP_BYTES: u64 = 384 * 1024 * 1024;

/// What differs between places, by placeholder.
pub type Values = Vec<(&'static str, String)>;

/// The values for one machine.
pub fn local_values(at: &Addresses, limits: Limits, otlp: Option<(String, u16)>) -> Values {
    let trace_percent = if otlp.is_some() { "100" } else { "0" };
    let (otlp_host, otlp_port) = otlp.unwrap_or_else(|| ("127.0.0.1".into(), 4318));
    let host = || "127.0.0.1".to_owned();
    let mut values = vec![
        ("LISTEN_ADDRESS", host()),
        ("LISTEN_PORT", at.gateway.to_string()),
        ("ADMIN_PORT", at.gateway_admin.to_string()),
        ("STATUS_ADDRESS", host()),
        ("STATUS_PORT", at.gateway_status.to_string()),
        ("TRUSTED_HOPS", "0".into()),
        ("TRACE_PERCENT", trace_percent.into()),
        ("OTLP_HOST", otlp_host),
        ("OTLP_PORT", otlp_port.to_string()),
        ("DOMAIN_MARKETING", Service::MarketingAdmin.local_domain().into()),
        ("DOMAIN_PURCHASE", Service::Purchase.local_domain().into()),
        ("DOMAIN_SCANNER", Service::Scanner.local_domain().into()),
        ("MARKETING_ADMIN_HOST", host()),
        ("MARKETING_ADMIN_PORT", at.marketing_admin.public.to_string()),
        ("PURCHASE_HOST", host()),
        ("PURCHASE_PORT", at.purchase.public.to_string()),
        ("SCANNER_HOST", host()),
        ("SCANNER_PORT", at.scanner.public.to_string()),
    ];
    values.extend(limit_values(limits));
    values
}

/// The values of the limits, the same wherever the gateway runs but for how often one address may ask.
pub fn limit_values(limits: Limits) -> Values {
    vec![
        ("BURST_ANY", limits.any_burst.to_string()),
        ("RATE_ANY_PER_SECOND", limits.any_per_second.to_string()),
        ("RATE_SIGN_IN_PER_MINUTE", limits.sign_in_per_minute.to_string()),
        ("BURST_CHECKOUT", limits.checkout_burst.to_string()),
        ("RATE_CHECKOUT_PER_MINUTE", limits.checkout_per_minute.to_string()),
        ("RATE_FORM_PER_MINUTE", limits.form_per_minute.to_string()),
        ("BURST_LOOK_UP", limits.look_up_burst.to_string()),
        ("RATE_LOOK_UP_PER_MINUTE", limits.look_up_per_minute.to_string()),
        ("RATE_WEBHOOK_PER_SECOND", limits.webhook_per_second.to_string()),
        ("MAX_HEAP_BYTES", MAX_HEAP_BYTES.to_string()),
    ]
}

/// The gateway's configuration with `values` filled in; a placeholder without a value is an error.
pub fn render(values: &Values) -> Result<String> {
    let file = root::repository().join("deploy/envoy/envoy.yaml");
    let template =
        std::fs::read_to_string(&file).map_err(|e| Error::io(&format!("read {}", file.display()), e))?;
    // The comments name placeholders as such.
    let mut text: String = template
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .fold(String::new(), |text, line| text + line + "\n");
    for (name, value) in values {
        text = text.replace(&format!("@{name}@"), value);
    }
    match text
        .split('@')
        .skip(1)
        .find(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
    {
        Some(name) => {
            Err(Error::Refused(format!("deploy/envoy/envoy.yaml asks for @{name}@, which has no value")))
        }
        None => Ok(text),
    }
}

/// Starts Envoy with the rendered configuration in `folder`. It listens when this returns; the services behind it may not.
pub async fn start(
    folder: &Path,
    at: &Addresses,
    limits: Limits,
    otlp: Option<(String, u16)>,
) -> Result<Part> {
    let file = folder.join("envoy.yaml");
    std::fs::write(&file, render(&local_values(at, limits, otlp))?)
        .map_err(|e| Error::io("write envoy.yaml", e))?;
    let mut command = Command::new(root::installed("envoy")?);
    command.arg("-c").arg(&file);
    // Several Envoys share one machine (tests, `make run`): hot restart would have them talk to each other.
    command.args([
        "--disable-hot-restart",
        "--concurrency",
        "2",
        "--log-level",
        "warning",
        "--file-flush-interval-msec",
        "200",
    ]);
    let mut part = Part::start("Envoy", &command, &folder.join("envoy.log"), Signal::Term)?;
    let ready = format!("http://127.0.0.1:{}/ready", at.gateway_status);
    ready::until_ok(&ready, &mut part, Duration::from_secs(60)).await?;
    Ok(part)
}

/// Waits until the gateway answers 200 for a service's site, which means that it knows the service to be healthy.
pub async fn wait_for_site(gateway: &mut Part, at: &Addresses, service: Service) -> Result<()> {
    let client = ready::client()?;
    let url = format!("http://127.0.0.1:{}/api/openapi.json", at.gateway);
    let ask = || ready::answers(client.get(&url).header("host", service.local_domain()));
    ready::until(gateway, Duration::from_secs(60), ask).await
}
