//! The five processes that differ between stacks only in where they listen: sandbox, three services, gateway.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::environment::{Surroundings, Variables};
use crate::gateway::{self, Limits};
use crate::part::{Part, Signal};
use crate::{Error, Result, Service, ready, root};

const READY: Duration = Duration::from_secs(60);

/// Sandbox, services and gateway, running.
#[derive(Debug)]
pub struct Parts {
    folder: PathBuf,
    around: Surroundings,
    sandbox: Option<Part>,
    services: BTreeMap<Service, Part>,
    gateway: Option<Part>,
}

impl Parts {
    /// Nothing running yet; logs and files will be in `folder`.
    pub fn new(folder: &Path, around: Surroundings) -> Self {
        Self { folder: folder.to_path_buf(), around, sandbox: None, services: BTreeMap::new(), gateway: None }
    }

    /// What they are started with.
    pub fn around(&self) -> &Surroundings {
        &self.around
    }

    pub(crate) fn around_mut(&mut self) -> &mut Surroundings {
        &mut self.around
    }

    /// Starts the sandbox, remembering in `state` if given.
    pub async fn start_sandbox(&mut self, state: Option<&Path>) -> Result<()> {
        let command = command("sandbox", self.around.sandbox(state))?;
        let part = self.sandbox.insert(Part::start(
            "sandbox",
            &command,
            &self.folder.join("sandbox.log"),
            Signal::Term,
        )?);
        ready::until_ok(&format!("{}/mailbox.json", self.around.addresses.sandbox_url()), part, READY).await
    }

    /// Starts one service, with `extra` variables on top of its own, and waits until it says it is ready.
    pub async fn start_service(&mut self, service: Service, extra: &[(String, String)]) -> Result<()> {
        self.launch(service, extra)?;
        self.wait_for(service).await
    }

    /// Starts all three side by side, and waits for each.
    pub async fn start_services(&mut self, extra: &[(String, String)]) -> Result<()> {
        for service in Service::ALL {
            self.launch(service, extra)?;
        }
        for service in Service::ALL {
            self.wait_for(service).await?;
        }
        Ok(())
    }

    /// Starts the gateway and waits until it answers for all three sites.
    pub async fn start_gateway(&mut self, limits: Limits) -> Result<()> {
        let otlp = self.around.otlp.as_deref().and_then(host_and_port);
        let part = gateway::start(&self.folder, &self.around.addresses, limits, otlp).await?;
        self.gateway = Some(part);
        for service in Service::ALL {
            self.wait_for_site(service).await?;
        }
        Ok(())
    }

    /// Ends the gateway as a cut wire would: nobody is answered any more. The services go on.
    pub fn cut_gateway(&mut self) {
        if let Some(mut gateway) = self.gateway.take() {
            gateway.kill();
        }
    }

    /// A service's process, while it is kept running.
    pub fn service(&mut self, service: Service) -> Option<&mut Part> {
        self.services.get_mut(&service)
    }

    /// Stops a service and waits for its end: in an orderly way, or as a power cut would.
    pub fn stop_service(&mut self, service: Service, signal: Signal) {
        if let Some(mut part) = self.services.remove(&service) {
            match signal {
                Signal::Kill => part.kill(),
                _ => part.stop(Duration::from_secs(15)),
            }
        }
    }

    /// What a service has logged.
    pub fn log(&self, service: Service) -> String {
        std::fs::read_to_string(self.log_file(service)).unwrap_or_default()
    }

    /// The first part that has ended although nobody asked it to, as the error that tells of it.
    pub fn fallen(&mut self) -> Option<Error> {
        let all = self.gateway.iter_mut().chain(self.sandbox.iter_mut()).chain(self.services.values_mut());
        all.into_iter().find_map(|part| part.ended().map(|status| part.died(status)))
    }

    /// Stops all of them: first the door, then the house.
    pub fn stop(&mut self) {
        self.gateway = None;
        for part in self.services.values() {
            part.signal(Signal::Term);
        }
        self.services.clear();
        self.sandbox = None;
    }

    /// Ends all of them at once, as a power cut would: for a house that nobody will enter again.
    pub fn kill(&mut self) {
        let all = self.gateway.iter_mut().chain(self.sandbox.iter_mut()).chain(self.services.values_mut());
        all.for_each(Part::kill);
        self.gateway = None;
        self.services.clear();
        self.sandbox = None;
    }

    fn launch(&mut self, service: Service, extra: &[(String, String)]) -> Result<()> {
        let mut variables = self.around.of(service)?;
        variables.extend_from_slice(extra);
        let command = command(service.program(), variables)?;
        let part = Part::start(service.program(), &command, &self.log_file(service), Signal::Term)?;
        self.services.insert(service, part);
        Ok(())
    }

    async fn wait_for(&mut self, service: Service) -> Result<()> {
        let url = format!("{}/readyz", self.around.addresses.internal(service));
        match self.services.get_mut(&service) {
            Some(part) => ready::until_ok(&url, part, READY).await,
            None => Err(Error::Refused(format!("{} was not started", service.program()))),
        }
    }

    /// Waits until guests reach a service: the gateway looks at one that was away twice a second.
    pub async fn wait_for_site(&mut self, service: Service) -> Result<()> {
        match &mut self.gateway {
            Some(gateway) => gateway::wait_for_site(gateway, &self.around.addresses, service).await,
            None => Ok(()),
        }
    }

    fn log_file(&self, service: Service) -> PathBuf {
        self.folder.join(format!("{}.log", service.program()))
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One of our own programs with these variables on top of what this process has (`PATH`, `RUST_LOG`).
pub fn command(program: &str, variables: Variables) -> Result<Command> {
    let mut command = Command::new(root::built(program)?);
    for (name, value) in variables {
        command.env(name, value);
    }
    Ok(command)
}

fn host_and_port(endpoint: &str) -> Option<(String, u16)> {
    let rest = endpoint.split_once("://")?.1.split('/').next()?;
    let (host, port) = rest.split_once(':')?;
    Some((host.to_owned(), port.parse().ok()?))
}
