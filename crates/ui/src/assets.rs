//! Styles, fonts and scripts inside the binary, under names that change with their content.
//!
//! A file `buy.js` is served as `/assets/buy.<hash>.js` with a year of immutable caching. Style sheets and scripts name
//! other files of their bundle as `asset:file.woff2`; that becomes the fingerprinted address, so that the hash of
//! a style sheet covers its fonts. The name may be asked without a hash, or with an old one while a new version rolls
//! out: then the current content is served, to be checked again at the next use.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct OwnFiles;

static OWN: LazyLock<Bundle> = LazyLock::new(Bundle::of::<OwnFiles>);

const FOREVER: &str = "public, max-age=31536000, immutable";
const CHECK_FIRST: &str = "public, no-cache";

/// One file, ready to be sent.
#[derive(Debug, Clone)]
struct Asset {
    url: String,
    hash: String,
    content_type: &'static str,
    bytes: Bytes,
}

/// A folder of files with their fingerprints.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    files: BTreeMap<String, Asset>,
}

impl Bundle {
    /// Everything in an embedded folder. The folder is flat: `buy.js`, not `js/buy.js`.
    pub fn of<Files: RustEmbed>() -> Self {
        Self::from_files(Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?.data))))
    }

    /// A bundle of given files: name and content.
    pub fn from_files(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let sources: BTreeMap<String, Cow<'static, [u8]>> = files.into_iter().collect();
        let mut bundle = Self::default();
        for name in sources.keys() {
            bundle.take_in(name, &sources, 0);
        }
        bundle
    }

    /// Adds a file after those it names, so that its own hash changes when theirs does.
    fn take_in(&mut self, name: &str, sources: &BTreeMap<String, Cow<'static, [u8]>>, depth: u8) {
        let Some(source) = sources.get(name) else { return };
        // Files that name each other in a circle would never end: eight levels are plenty for fonts and modules.
        if self.files.contains_key(name) || depth > 8 {
            return;
        }
        let bytes = match std::str::from_utf8(source) {
            Ok(text) if is_rewritten(name) => {
                let mut text = text.to_owned();
                for other in names_in(&text, sources) {
                    self.take_in(&other, sources, depth + 1);
                    text = text.replace(&format!("asset:{other}"), &self.url(&other));
                }
                Bytes::from(text)
            }
            _ => Bytes::copy_from_slice(source),
        };
        let hash = hex::encode(&Sha256::digest(&bytes)[..8]);
        let url = format!("/assets/{}", with_hash(name, &hash));
        self.files.insert(name.to_owned(), Asset { url, hash, content_type: content_type(name), bytes });
    }

    /// The fingerprinted address of a file; a name the bundle lacks stays without one (and is answered 404).
    pub fn url(&self, name: &str) -> String {
        self.files.get(name).map_or_else(|| format!("/assets/{name}"), |asset| asset.url.clone())
    }

    /// Whether the bundle has a file of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Every file's name and fingerprinted address: what a service worker keeps for the time without network.
    pub fn urls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, asset)| (name.as_str(), asset.url.as_str()))
    }

    /// The content of a file, with its references resolved.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(|asset| asset.bytes.as_ref())
    }

    fn answer(&self, requested: &str, req: &HttpRequest) -> Option<HttpResponse> {
        let (name, hash) = without_hash(requested);
        let asset = self.files.get(requested).or_else(|| self.files.get(&name))?;
        let etag = format!("\"{}\"", asset.hash);
        let caching = if hash == Some(&asset.hash) { FOREVER } else { CHECK_FIRST };
        let known = req.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        if known.is_some_and(|known| matches_etag(known, &etag)) {
            let unchanged = (ETAG, etag);
            return Some(
                HttpResponse::NotModified()
                    .insert_header((CACHE_CONTROL, caching))
                    .insert_header(unchanged)
                    .finish(),
            );
        }
        let mut response = HttpResponse::Ok();
        response.insert_header((CACHE_CONTROL, caching)).insert_header((ETAG, etag));
        Some(response.insert_header((CONTENT_TYPE, asset.content_type)).body(asset.bytes.clone()))
    }
}

/// A service's own bundle, given to its HTTP server as `Data`, so that [`serve`] finds it after this crate's files.
#[derive(Debug, Clone, Copy)]
pub struct ServiceAssets(pub &'static Bundle);

/// The files every page shares.
pub fn own() -> &'static Bundle {
    &OWN
}

/// The fingerprinted address of a shared file: `url("base.css")`.
pub fn url(name: &str) -> String {
    OWN.url(name)
}

/// Handler of `GET /assets/{file}`: the shared files, then the service's own.
pub async fn serve(
    req: HttpRequest,
    file: Path<String>,
    service: Option<Data<ServiceAssets>>,
) -> HttpResponse {
    let of_service = || service.as_ref().and_then(|assets| assets.0.answer(&file, &req));
    OWN.answer(&file, &req).or_else(of_service).unwrap_or_else(|| HttpResponse::NotFound().finish())
}

fn matches_etag(known: &str, etag: &str) -> bool {
    known == "*" || known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)
}

fn is_rewritten(name: &str) -> bool {
    matches!(extension(name), "css" | "js" | "mjs" | "webmanifest")
}

/// Names after `asset:` that exist in the bundle, longest first, so that no name replaces the start of a longer one.
fn names_in(text: &str, sources: &BTreeMap<String, Cow<'static, [u8]>>) -> Vec<String> {
    let mut names: Vec<String> =
        sources.keys().filter(|name| text.contains(&format!("asset:{name}"))).cloned().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn with_hash(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// `base.0123456789abcdef.css` → `base.css` and the hash. A name without a hash comes back as it is.
fn without_hash(requested: &str) -> (String, Option<&str>) {
    if let Some((rest, extension)) = requested.rsplit_once('.')
        && let Some((stem, hash)) = rest.rsplit_once('.')
        && hash.len() == 16
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return (format!("{stem}.{extension}"), Some(hash));
    }
    (requested.to_owned(), None)
}

fn content_type(name: &str) -> &'static str {
    match extension(name) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
