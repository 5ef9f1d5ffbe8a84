//! What the Kubernetes manifests share with a developer's machine: the gateway's and the message server's configuration, written
//! into `k8s/base` from the same files.

use std::path::{Path, PathBuf};

use crate::gateway::{self, Limits, Values};
use crate::{Error, Result, Service, root};

/// Writes the shared files.
pub fn write() -> Result<()> {
    for (file, text) in files()? {
        std::fs::write(&file, text).map_err(|e| Error::io(&format!("write {}", file.display()), e))?;
        println!("wrote {}", shown(&file));
    }
    Ok(())
}

/// Fails with the name of the first file that is not what [`write`] would write.
pub fn check() -> Result<()> {
    for (file, text) in files()? {
        if std::fs::read_to_string(&file).unwrap_or_default() != text {
            return Err(Error::Refused(format!("{} is not up to date: run `make k8s-render`", shown(&file))));
        }
    }
    Ok(())
}

fn files() -> Result<Vec<(PathBuf, String)>> {
    let base = root::repository().join("k8s/base");
    let nats = root::repository().join("deploy/nats/nats.conf");
    let nats = std::fs::read_to_string(&nats).map_err(|e| Error::io("read deploy/nats/nats.conf", e))?;
    let domain_file = base.join("gateway/domain");
    let domain =
        std::fs::read_to_string(&domain_file).map_err(|e| Error::io("read k8s/base/gateway/domain", e))?;
    let envoy = |domain: &str| {
        Ok::<_, Error>(note("deploy/envoy/envoy.yaml") + &gateway::render(&cluster_values(domain))?)
    };
    Ok(vec![
        (base.join("gateway/envoy.yaml"), envoy(domain.trim())?),
        (
            root::repository().join("k8s/overlays/local/envoy.yaml"),
            envoy(Service::MarketingAdmin.local_domain())?,
        ),
        (base.join("nats/nats.conf"), note("deploy/nats/nats.conf") + &nats),
    ])
}

fn note(source: &str) -> String {
    format!("# Written by `make k8s-render` from {source}: change it there.\n")
}

/// The values for a cluster whose club is at `domain`.
fn cluster_values(domain: &str) -> Values {
    let mut values: Values = [
        ("LISTEN_ADDRESS", "0.0.0.0"),
        ("LISTEN_PORT", "8080"),
        ("ADMIN_PORT", "9901"),
        ("STATUS_ADDRESS", "0.0.0.0"),
        ("STATUS_PORT", "9902"),
        // The load balancer in front speaks TLS and adds the guest's address.
        ("TRUSTED_HOPS", "1"),
        ("TRACE_PERCENT", "1"),
        ("OTLP_HOST", "otel-collector"),
        ("OTLP_PORT", "4318"),
        ("MARKETING_ADMIN_HOST", "marketing-admin-pods"),
        ("MARKETING_ADMIN_PORT", "8000"),
        ("PURCHASE_HOST", "purchase-pods"),
        ("PURCHASE_PORT", "8000"),
        ("SCANNER_HOST", "scanner-pods"),
        ("SCANNER_PORT", "8000"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect();
    values.extend([
        ("DOMAIN_MARKETING", domain.to_owned()),
        ("DOMAIN_PURCHASE", format!("tickets.{domain}")),
        ("DOMAIN_SCANNER", format!("scanner.{domain}")),
    ]);
    values.extend(gateway::limit_values(Limits::CLUB));
    values
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root::repository()).unwrap_or(file).display().to_string()
}
