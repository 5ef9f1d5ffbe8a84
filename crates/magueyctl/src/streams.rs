//! The streams of NATS. Whoever may make or change one can have it read any other and speak for anybody, so no service may:
//! this command does it, as the operator.

use std::time::Duration;

use anyhow::Context;
use bus::{Bus, BusSettings};
use tokio::signal::unix::{SignalKind, signal};

/// How long a lost store stays without its streams, at most.
const LOOK: Duration = Duration::from_secs(5);

/// Makes the streams that are missing, mends those that keep other subjects than they are to keep, and prints which.
pub async fn make() -> anyhow::Result<()> {
    let operator = connect().await?;
    let touched = bus::streams::make(&operator).await.context("the streams could not be made")?;
    operator.close().await;
    say(&touched);
    if touched.is_empty() {
        println!("every stream is there");
    }
    Ok(())
}

/// The same again and again, until it is told to end: what a lost store needs to heal by itself.
pub async fn keep() -> anyhow::Result<()> {
    let operator = connect().await?;
    let mut end = signal(SignalKind::terminate()).context("no signal can be heard")?;
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut away = false;
    loop {
        tokio::select! {
            _ = end.recv() => break,
            _ = look.tick() => {}
        }
        match bus::streams::make(&operator).await {
            Ok(touched) => {
                say(&touched);
                away = false;
            }
            Err(error) => {
                // Once, not every five seconds.
                if !away {
                    eprintln!("magueyctl: {error}; looking again");
                }
                away = true;
            }
        }
    }
    operator.close().await;
    Ok(())
}

async fn connect() -> anyhow::Result<Bus> {
    let settings = crate::read(BusSettings::read)?;
    Ok(Bus::connect(&settings, "operator").await?)
}

fn say(touched: &[&str]) {
    for name in touched {
        println!("made or mended the stream {name}");
    }
}
