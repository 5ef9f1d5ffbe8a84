//! Schemas, roles and passwords.

use anyhow::Context;
use db::migrations::{self, Status};
use db::{Db, DbSettings, Owner};
use settings::{Reader, Secret};

/// The administrator's URL.
pub fn admin_url(reader: &mut Reader) -> Secret {
    let purpose = "the database, as a role that may create schemas and roles";
    DbSettings::url(reader, "ADMIN_DATABASE_URL", purpose)
}

/// Runs what is missing, making schemas and roles first, and prints it.
pub async fn up(owner: Option<Owner>) -> anyhow::Result<()> {
    let url = crate::read(admin_url)?;
    migrations::bootstrap(url.expose()).await.context("could not make schemas and roles")?;
    let done =
        migrations::up(url.expose(), owner).await.context("a migration failed; nothing of it was kept")?;
    print(&done, "up to date");
    Ok(())
}

/// Takes the newest migrations of one schema back.
pub async fn down(owner: Owner, steps: usize) -> anyhow::Result<()> {
    let url = crate::read(admin_url)?;
    let undone = migrations::down(url.expose(), owner, steps)
        .await
        .context("the migration could not be taken back")?;
    print(&undone, "nothing to take back");
    Ok(())
}

/// Prints what the database has; whether it has everything.
pub async fn status() -> anyhow::Result<bool> {
    let url = crate::read(admin_url)?;
    let all = migrations::status(url.expose()).await.context("could not read what the database has")?;
    print(&all, "no migrations");
    Ok(all.iter().all(|one| one.applied))
}

/// Gives the services' roles the passwords of the environment.
pub async fn roles() -> anyhow::Result<()> {
    let (url, passwords) = crate::read(|reader| (admin_url(reader), passwords(reader)))?;
    let wanted: Vec<(Owner, &str)> =
        passwords.iter().map(|(owner, password)| (*owner, password.expose())).collect();
    migrations::set_passwords(url.expose(), &wanted).await.context("could not set the passwords")?;
    println!("passwords set for {}", Owner::ALL.map(Owner::name).join(", "));
    Ok(())
}

/// A pool that connects as a service's role, at the administrator's address.
pub fn as_service(owner: Owner) -> anyhow::Result<Db> {
    let (url, passwords) = crate::read(|reader| (admin_url(reader), passwords(reader)))?;
    let mut url = reqwest::Url::parse(url.expose()).ok().context("ADMIN_DATABASE_URL is not a URL")?;
    let password = passwords.into_iter().find(|(of, _)| *of == owner).map(|(_, password)| password);
    let password = password.context("every role has a password")?;
    let changed = url.set_username(owner.name()).and_then(|()| url.set_password(Some(password.expose())));
    changed.ok().context("ADMIN_DATABASE_URL has no place for a user")?;
    Ok(Db::connect(&DbSettings::new(url.as_str()))?)
}

fn passwords(reader: &mut Reader) -> Vec<(Owner, Secret)> {
    let purpose = "the password of this service's database role, as in its DATABASE_URL";
    let mut all = Vec::new();
    for owner in Owner::ALL {
        let name = match owner {
            Owner::Purchase => "DATABASE_PASSWORD_PURCHASE",
            Owner::Scanner => "DATABASE_PASSWORD_SCANNER",
            Owner::MarketingAdmin => "DATABASE_PASSWORD_MARKETING_ADMIN",
        };
        all.push((owner, reader.secret(name, purpose)));
    }
    all
}

fn print(rows: &[Status], none: &str) {
    if rows.is_empty() {
        println!("{none}");
    }
    for Status { owner, name, applied } in rows {
        println!("{:<10}{owner}/{name}", if *applied { "applied" } else { "missing" });
    }
}
