//! The scripts and styles that are this service's own.

use std::sync::LazyLock;

use rust_embed::RustEmbed;
use ui::assets::{Bundle, ServiceAssets};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

static BUNDLE: LazyLock<Bundle> = LazyLock::new(Bundle::of::<Files>);

/// The fingerprinted address of a file.
pub(crate) fn url(name: &str) -> String {
    BUNDLE.url(name)
}

/// The content of a file, for what is not served under its fingerprint.
pub(crate) fn bytes(name: &str) -> &'static [u8] {
    BUNDLE.bytes(name).unwrap_or_default()
}

/// For the handler of `/assets/{file}`.
pub(crate) fn served() -> ServiceAssets {
    ServiceAssets(&BUNDLE)
}
