//! What signs tickets and makes addresses nobody can guess.

use domain::mode::Mode;
use settings::{Reader, Secret};

pub(super) fn ticket_key(reader: &mut Reader) -> Secret {
    let (name, purpose) = (
        "TICKET_SIGNING_KEY",
        "signs tickets, as ID:BASE64 of an Ed25519 seed; the doors hold the public half",
    );
    let key = reader.secret(name, purpose);
    let mode = reader.mode();
    if key.expose().is_empty() {
        return key;
    }
    match key.expose().parse::<crate::tickets::signer::TicketSigner>() {
        Ok(signer) if signer.mode() != mode => reader.fault(name, purpose, wrong_id(mode)),
        Ok(_) => {}
        Err(error) => reader.fault(name, purpose, format!("can't be used: {error}")),
    }
    key
}

fn wrong_id(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "signs test tickets: real ones have a key id from 0 to 127",
        Mode::Test => "signs real tickets: in test mode the key id is from 128 to 255",
    }
}

pub(super) fn link_secret(reader: &mut Reader) -> Secret {
    let (name, purpose) =
        ("ORDER_LINK_SECRET", "makes orders' addresses unguessable, at least 32 characters");
    let secret = reader.secret(name, purpose);
    if !secret.expose().is_empty() && secret.expose().len() < 32 {
        reader.fault(name, purpose, "is too short");
    }
    secret
}
