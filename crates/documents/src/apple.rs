//! Apple Wallet: a signed `.pkpass`.
//!
//! A zip of `pass.json` (an `eventTicket`), pictures, `manifest.json` (SHA-1 of each file: Apple's format, not our choice)
//! and `signature`, a detached CMS signature of the manifest. See Apple, *Wallet Passes* and *Pass Design and Creation*.

mod signer;

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use aws_lc_rs::digest;
use serde_json::{Value, json};
use ui::text;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub use signer::{PassSigner, SignerError};

use crate::{DocumentError, Pass, press};

/// Pictures in points, each drawn at once, twice and three times the size.
const SCALES: [(u32, &str); 3] = [(1, ""), (2, "@2x"), (3, "@3x")];
const ICON: (u32, u32) = (29, 29);
const LOGO: (u32, u32) = (50, 50);
const STRIP: (u32, u32) = (375, 98);

type Files = BTreeMap<String, Vec<u8>>;

/// The pass as a file for `application/vnd.apple.pkpass`, ending `.pkpass`. A club without Apple's certificate has no
/// [`PassSigner`] and shows no button. Draws nine pictures: call it under `spawn_blocking`.
///
/// A strip that can't be drawn is left out. Errors: [`DocumentError::Press`] if the mark can't be drawn,
/// [`DocumentError::Signing`], [`DocumentError::Packing`].
pub fn apple_pass(signer: &PassSigner, pass: &Pass) -> Result<Vec<u8>, DocumentError> {
    let mut files = pictures(pass)?;
    files.insert("pass.json".to_owned(), json_bytes(&pass_json(signer, pass))?);
    let manifest: BTreeMap<&str, String> =
        files.iter().map(|(name, content)| (name.as_str(), sha1(content))).collect();
    let manifest = json_bytes(&json!(manifest))?;
    let signature = signer.sign(&manifest, pass.made_at)?;
    files.insert("manifest.json".to_owned(), manifest);
    files.insert("signature".to_owned(), signature);
    pack(&files).map_err(|error| DocumentError::Packing(error.to_string()))
}

fn pictures(pass: &Pass) -> Result<Files, DocumentError> {
    let mut files = Files::new();
    for (scale, suffix) in SCALES {
        for (name, (width, height)) in [("icon", ICON), ("logo", LOGO)] {
            files.insert(format!("{name}{suffix}.png"), press::png(&pass.art.mark, width, height, scale)?);
        }
        let strip = pass.art.strip.as_ref().map(|svg| press::png(svg, STRIP.0, STRIP.1, scale));
        if let Some(Ok(strip)) = strip {
            files.insert(format!("strip{suffix}.png"), strip);
        }
    }
    Ok(files)
}

fn pass_json(signer: &PassSigner, pass: &Pass) -> Value {
    let night = &pass.night;
    let [ground, words, label] =
        pass.colours().map(|(red, green, blue)| format!("rgb({red}, {green}, {blue})"));
    let mut whole = json!({
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type(),
        "teamIdentifier": signer.team(),
        "serialNumber": pass.ticket.uuid().to_string(),
        "organizationName": pass.club,
        "description": pass.marked(&text(pass.language, "documents-pass-description", &[("event", &night.title)])),
        "logoText": pass.marked(&pass.club),
        "groupingIdentifier": pass.order.as_str(),
        "relevantDate": night.local(night.starts),
        "expirationDate": night.local(night.ends),
        "backgroundColor": ground,
        "foregroundColor": words,
        "labelColor": label,
        "semantics": {
            "eventName": night.title,
            "venueName": night.venue,
            "eventStartDate": night.local(night.starts),
            "eventEndDate": night.local(night.ends),
        },
        "eventTicket": fields(pass),
    });
    match &pass.code {
        Some(code) => {
            whole["barcodes"] = json!([{
                "format": "PKBarcodeFormatQR",
                "message": code,
                "messageEncoding": "iso-8859-1",
                "altText": pass.order.as_str(),
            }]);
        }
        None if pass.moves => {}
        None => whole["voided"] = json!(true),
    }
    if let Some(updates) = &pass.updates {
        whole["webServiceURL"] = json!(updates.url);
        whole["authenticationToken"] = json!(updates.token);
    }
    whole
}

fn fields(pass: &Pass) -> Value {
    let (lang, night) = (pass.language, &pass.night);
    let field = |key: &str, label: &str, value: &str| json!({ "key": key, "label": text(lang, label, &[]), "value": value });
    // A phone that takes a changed pass shows these words, with the field's new value for `%@`.
    let told = |key: &str, label: &str, value: &str, words: &str| {
        let mut field = field(key, label, value);
        field["changeMessage"] = json!(text(lang, words, &[]));
        field
    };
    let mut auxiliary = vec![field("type", "documents-ticket-type", &pass.ticket_type)];
    if let Some(holder) = &pass.holder {
        auxiliary.push(told("holder", "documents-ticket-holder", holder, "documents-pass-changed-holder"));
    }
    if pass.moves {
        let words = text(lang, "documents-ticket-moves", &[]);
        auxiliary.push(field("moves", "documents-ticket-notes", &words));
    }
    let status = if pass.is_good() { "documents-pass-good" } else { "documents-pass-voided" };
    let back = [
        told("status", "documents-pass-status", &text(lang, status, &[]), "documents-pass-changed-status"),
        field("hours", "documents-pass-night", &format!("{}\n{}", night.date(lang), night.hours(lang))),
        field("address", "documents-pass-address", &format!("{}\n{}", night.venue, night.address)),
        field("order", "documents-order", pass.order.as_str()),
        field("page", "documents-pass-order-page", &pass.order_url),
        field("notes", "documents-ticket-notes", &pass.notes().join("\n")),
    ];
    json!({
        "headerFields": [told(
            "doors",
            "documents-pass-doors",
            &ui::format::time(lang, night.starts, night.zone),
            "documents-pass-changed-doors",
        )],
        "primaryFields": [{ "key": "event", "value": pass.marked(&night.title) }],
        "secondaryFields": [
            told("night", "documents-pass-night", &night.short_date(lang), "documents-pass-changed-night"),
            told("venue", "documents-pass-venue", &night.venue, "documents-pass-changed-venue"),
        ],
        "auxiliaryFields": auxiliary,
        "backFields": back,
    })
}

fn sha1(content: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, content);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json_bytes(value: &Value) -> Result<Vec<u8>, DocumentError> {
    serde_json::to_vec(value).map_err(|error| DocumentError::Packing(error.to_string()))
}

/// Stored, not deflated: nearly all of it is PNG. No file dates, so the same pass is the same bytes.
fn pack(files: &Files) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}
