//! The operator's command. See the README for what each part does.

use std::process::ExitCode;

use audit::chain::Head;
use clap::{Parser, Subcommand};
use db::Owner;
use magueyctl::{
    audit_log, check_config, codes, database, dead_letters, erasures, owner, refunds, replay, seed,
    settlement, staff, streams,
};

/// Operate Maguey: databases, staff, messages, configuration.
#[derive(Debug, Parser)]
#[command(name = "magueyctl", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Schemas and tables: bring them up to date, take them back, show where they are.
    #[command(subcommand)]
    Migrate(Migrate),
    /// Give the services' database roles the passwords of the environment.
    Roles,
    /// Owners of the club.
    #[command(subcommand)]
    Owner(Owners),
    /// Members of staff.
    #[command(subcommand)]
    Staff(Staff),
    /// The code that a member of staff signs in with now, from the secret of their second factor. For a club on this machine.
    Code {
        /// The secret, in base32: `totp` in `.local/demo.json`.
        #[arg(long)]
        secret: String,
    },
    /// Fill an empty club with a venue, six nights and one that is open now. Not for production.
    Seed,
    /// Make the streams of NATS that are missing, and give each the subjects it is to keep.
    Streams {
        /// Go on looking, so that a lost store has its streams again within seconds.
        #[arg(long)]
        keep: bool,
    },
    /// Have the owners publish their messages again: all subjects, or those named.
    Replay {
        /// Such as `event.changed`.
        subjects: Vec<String>,
    },
    /// Compare what every projection holds with what its owner said, and have the difference sent again.
    Reconcile,
    /// Messages that a service gave up on.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Money that should have gone back and has not.
    #[command(subcommand)]
    Refunds(Refunds),
    /// Money that fits no order, until somebody has looked.
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Accounts that guests had erased: carried over the restore of an older backup.
    #[command(subcommand)]
    Erasures(Erasures),
    /// The audit log of what staff did.
    #[command(subcommand)]
    Audit(Audit),
    /// Settlements of nights.
    #[command(subcommand)]
    Settlement(Settlement),
    /// Check an environment file against its example, or, without one, whether every part answers.
    CheckConfig {
        /// The service the file is for: purchase, scanner or marketing-admin.
        #[arg(long, requires = "file")]
        service: Option<String>,
        /// The environment file.
        file: Option<std::path::PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum Migrate {
    /// Run what is missing.
    Up {
        /// One schema only.
        #[arg(long)]
        owner: Option<Owner>,
    },
    /// Take the newest migrations of one schema back. What they hold is lost.
    Down {
        /// Whose schema.
        #[arg(long)]
        owner: Owner,
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: usize,
    },
    /// Show what the database has. Exit 1 if anything is missing.
    Status,
}

#[derive(Debug, Subcommand)]
enum Owners {
    /// Invite the first owner of a club that has none. Shows a link, good once: there is no password until its reader chooses one.
    Create {
        /// The address to invite.
        #[arg(long)]
        email: String,
        /// The name as shown.
        #[arg(long)]
        name: String,
        /// Invite one more where there is an owner already.
        #[arg(long)]
        another: bool,
        /// Mail the link instead of showing it.
        #[arg(long)]
        mail: bool,
        /// The mail's language: en or es.
        #[arg(long, default_value = "en", value_parser = ["en", "es"])]
        language: String,
    },
}

#[derive(Debug, Subcommand)]
enum Staff {
    /// Create a member of staff, or give an existing one this name, role and password (from STAFF_PASSWORD).
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name as shown.
        #[arg(long)]
        name: String,
        /// One of the nine roles: owner, manager, box_office, door_supervisor, door_staff, vip_host, promoter, marketing, accountant.
        #[arg(long)]
        role: String,
    },
}

#[derive(Debug, Subcommand)]
enum DeadLetters {
    /// Show them.
    List {
        /// One service only.
        #[arg(long)]
        service: Option<Owner>,
    },
    /// Have them tried again: one by its number, or all.
    Replay {
        /// Whose.
        #[arg(long)]
        service: Owner,
        /// Its number, from `list`.
        #[arg(required_unless_present = "all")]
        id: Option<i64>,
        /// All of that service.
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// Why, for the audit log.
        #[arg(long, default_value = "")]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
enum Refunds {
    /// Show those that are pending or have failed, and why. Exit 1 if there are any.
    List,
    /// Have a failed one made again, under a new idempotency key.
    Retry {
        /// Its key, from `list`.
        id: uuid::Uuid,
        /// Why it should work now, for the audit log.
        #[arg(long)]
        reason: String,
    },
    /// Say that a failed one was paid to the guest another way. It is booked, and the guest is told.
    Settle {
        /// Its key, from `list`.
        id: uuid::Uuid,
        /// How it was paid.
        #[arg(long, value_enum)]
        how: refunds::How,
        /// Why so, for the audit log.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
enum Erasures {
    /// Write the list of erased accounts down: keys, times and salted digests, no addresses.
    Export {
        /// Where to; without it, to the standard output.
        #[arg(long)]
        file: Option<std::path::PathBuf>,
    },
    /// Take a list in and erase again whoever the restored backup brought back.
    Reapply {
        /// The list, from `export`.
        #[arg(long)]
        file: std::path::PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Quarantine {
    /// Show what nobody has looked at. Exit 1 if there is anything.
    List,
    /// Say that you have looked, and what was done.
    Resolve {
        /// Its key, from `list`.
        id: uuid::Uuid,
        /// What was done, for the audit log.
        #[arg(long)]
        reason: String,
    },
    /// Book a refund that was found at Stripe (`refunded_at_stripe`): it is the money of refunds of ours that failed.
    Settle {
        /// Its key, from `list`.
        id: uuid::Uuid,
        /// Why it is the same money, for the audit log.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Walk its chains and name every row that was altered, is missing or came in from the side. Exit 1 if there is any.
    Verify {
        /// One service only.
        #[arg(long)]
        service: Option<Owner>,
        /// A head of that service that was noted earlier, as its log tells it: finds a chain that was cut off or written anew.
        #[arg(long, requires = "service")]
        head: Option<Head>,
    },
}

#[derive(Debug, Subcommand)]
enum Settlement {
    /// Check that a file is as the club signed it. Exit 1 if it is not.
    Verify {
        /// The signed file, from the desk.
        file: std::path::PathBuf,
        /// The club's public key, from the desk's page: without it, any key that fits the file will do.
        #[arg(long)]
        key: Option<String>,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    // Only fails when a provider is installed already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let done = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(run(command)),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("magueyctl: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well.
async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Migrate(Migrate::Up { owner }) => database::up(owner).await.map(|()| true),
        Command::Migrate(Migrate::Down { owner, steps }) => database::down(owner, steps).await.map(|()| true),
        Command::Migrate(Migrate::Status) => database::status().await,
        Command::Roles => database::roles().await.map(|()| true),
        Command::Owner(Owners::Create { email, name, another, mail, language }) => {
            let wanted = owner::Wanted { email: &email, name: &name, another, mail, language: &language };
            owner::create(wanted).await.map(|()| true)
        }
        Command::Staff(Staff::Create { email, name, role }) => {
            staff::create(&email, &name, &role).await.map(|()| true)
        }
        Command::Code { secret } => codes::code(&secret, codes::step()).map(|code| {
            println!("{code}");
            true
        }),
        Command::Seed => seed::run().await.map(|()| true),
        Command::Streams { keep: false } => streams::make().await.map(|()| true),
        Command::Streams { keep: true } => streams::keep().await.map(|()| true),
        Command::Replay { subjects } => replay::replay(&subjects).await.map(|()| true),
        Command::Reconcile => replay::reconcile().await,
        Command::DeadLetters(DeadLetters::List { service }) => dead_letters::list(service).await,
        Command::DeadLetters(DeadLetters::Replay { service, id, all: _, reason }) => {
            dead_letters::replay(service, id, &reason).await
        }
        Command::Refunds(Refunds::List) => refunds::list().await,
        Command::Refunds(Refunds::Retry { id, reason }) => refunds::retry(id, &reason).await.map(|()| true),
        Command::Refunds(Refunds::Settle { id, how, reason }) => {
            refunds::settle(id, how, &reason).await.map(|()| true)
        }
        Command::Quarantine(Quarantine::List) => refunds::quarantine().await,
        Command::Quarantine(Quarantine::Resolve { id, reason }) => {
            refunds::resolve(id, &reason).await.map(|()| true)
        }
        Command::Quarantine(Quarantine::Settle { id, reason }) => {
            refunds::settle_quarantined(id, &reason).await.map(|()| true)
        }
        Command::Erasures(Erasures::Export { file }) => {
            erasures::export(file.as_deref()).await.map(|()| true)
        }
        Command::Erasures(Erasures::Reapply { file }) => erasures::reapply(&file).await.map(|()| true),
        Command::Audit(Audit::Verify { service, head }) => audit_log::verify(service, head.as_ref()).await,
        Command::Settlement(Settlement::Verify { file, key }) => settlement::verify(&file, key.as_deref()),
        Command::CheckConfig { service, file: Some(file) } => check_config::file(service.as_deref(), &file),
        Command::CheckConfig { file: None, .. } => check_config::parts().await,
    }
}
