//! `.local/demo.json`: the addresses, the sign-ins and the gates of the demo club, for people and for scripts.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::staff::{self, Credentials, StaffRole};
use crate::{Addresses, Error, Result, Service, secret};

/// What is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Demo {
    urls: Urls,
    staff: Vec<Credentials>,
    gates: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Urls {
    marketing: String,
    purchase: String,
    scanner: String,
    sandbox: String,
}

#[derive(Debug, Deserialize)]
struct Seeded {
    gates: BTreeMap<String, String>,
}

impl Demo {
    /// Keeps the staff of the last run, so that open tabs and notes stay right.
    pub(super) fn load_or_new(local: &Path, at: &Addresses) -> Result<Self> {
        let known: Option<Self> =
            std::fs::read(local.join("demo.json")).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let urls = Urls {
            marketing: at.site(Service::MarketingAdmin),
            purchase: at.site(Service::Purchase),
            scanner: at.site(Service::Scanner),
            sandbox: at.sandbox_url(),
        };
        let (staff, gates) = match known {
            Some(mut known) => {
                staff::with_apps(&mut known.staff)?;
                (known.staff, known.gates)
            }
            None => (staff::all()?, BTreeMap::new()),
        };
        Ok(Self { urls, staff, gates })
    }

    pub(super) fn staff(&self) -> &[Credentials] {
        &self.staff
    }

    pub(super) fn owner(&self) -> Result<&Credentials> {
        let owner = self.staff.iter().find(|one| one.role == StaffRole::Owner.code());
        owner.ok_or_else(|| {
            Error::Refused(".local/demo.json names no owner: run `make reset`, then again".into())
        })
    }

    /// Takes the gates from what `magueyctl seed` printed.
    pub(super) fn take_gates(&mut self, printed: &str) -> Result<()> {
        let line = printed.lines().rev().find(|line| line.starts_with('{')).unwrap_or_default();
        let seeded: Seeded = serde_json::from_str(line).map_err(|e| {
            Error::Refused(format!("`magueyctl seed` did not end with the gates it made: {e}"))
        })?;
        self.gates = seeded.gates;
        Ok(())
    }

    pub(super) fn write(&self, local: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| Error::Io(e.to_string()))?;
        secret::file(&local.join("demo.json"), &text)
    }

    /// What a person wants to know first.
    pub(super) fn welcome(&self) -> String {
        let Urls { marketing, purchase, scanner, sandbox } = &self.urls;
        let mut text = format!(
            "  the club        {marketing}\n  the owner       {marketing}/admin\n  tickets         {purchase}\n  \
             the door        {scanner}\n  mailbox         {sandbox}/mailbox\n\n  staff sign-in\n"
        );
        for one in &self.staff {
            text += &format!("    {:<12}{:<28}{}\n", one.role, one.email, one.password);
        }
        text += "  their codes (the app of a phone, or)\n";
        for (role, secret) in self.staff.iter().filter_map(|one| Some((&one.role, one.totp.as_ref()?))) {
            text += &format!("    {role:<12}cargo run -q -p magueyctl -- code --secret {secret}\n");
        }
        text += "\n  the same in .local/demo.json; logs in .local/logs; Ctrl-C stops everything, `make reset` forgets it\n";
        text
    }
}
