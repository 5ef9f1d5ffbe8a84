//! `GET /sw.js`: the worker that lets the door open without network. The script is `assets/sw.js`; above it stands what it keeps, by
//! fingerprints, so that a new version of any file is a new worker.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest, Sha256};

use super::assets::BUNDLE;

/// Files of pages that open with the network alone.
const OF_OTHER_PAGES: [&str; 10] = [
    "desk.css",
    "devices.css",
    "enrol.js",
    "invited.js",
    "left.js",
    "live.css",
    "live.js",
    "parties.css",
    "parties.js",
    "pin.js",
];
/// The files of all sites that are no part of the door.
const NOT_OURS: [&str; 1] = ["txt"];

static SCRIPT: LazyLock<String> = LazyLock::new(script);

/// The script. Public: it names files that everybody may have.
pub async fn get() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        // Its address is no fingerprint: a browser asks for a worker anew, and takes the one of today.
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(SCRIPT.as_str())
}

fn script() -> String {
    let source = BUNDLE.bytes("sw.js").map(String::from_utf8_lossy).unwrap_or_default();
    let shelf = serde_json::json!(shelf()).to_string();
    // The script's own text is part of the version: its cache is made anew when it thinks anew.
    let version = hex::encode(&Sha256::digest([shelf.as_bytes(), source.as_bytes()].concat())[..8]);
    format!("const SHELF = {shelf};\nconst VERSION = \"{version}\";\n{source}")
}

/// What the page needs: the door's files and those that every page shares.
fn shelf() -> Vec<&'static str> {
    let files = BUNDLE.urls().chain(ui::assets::own().urls());
    let ours = files.filter(|(name, _)| {
        *name != "sw.js"
            && !OF_OTHER_PAGES.contains(name)
            && !NOT_OURS.iter().any(|kind| name.ends_with(&format!(".{kind}")))
    });
    ours.map(|(_, url)| url).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_keeps_what_the_page_needs_by_fingerprint_and_not_itself() {
        let shelf = shelf();
        for name in ["door", "judge", "journal", "importer", "decoder", "zxing_reader", "tokens", "base"] {
            let kept = shelf.iter().find(|url| url.starts_with(&format!("/assets/{name}.")));
            assert!(kept.is_some_and(|url| url.split('.').count() == 3), "{name} in {shelf:?}");
        }
        for name in ["sw", "desk", "live", "devices"] {
            assert!(
                !shelf.iter().any(|url| url.starts_with(&format!("/assets/{name}."))),
                "{name} in {shelf:?}"
            );
        }
        assert!(OF_OTHER_PAGES.iter().all(|name| BUNDLE.contains(name)), "each is a file of ours");
        let script = script();
        assert!(script.starts_with("const SHELF = [\"/assets/"), "{script}");
        assert!(script.contains("addEventListener(\"fetch\""));
    }
}
