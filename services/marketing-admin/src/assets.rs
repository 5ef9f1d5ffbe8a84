//! The service's own styles and scripts, under fingerprinted names.

use std::sync::LazyLock;

use rust_embed::RustEmbed;
use ui::assets::Bundle;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

/// All of them.
pub static BUNDLE: LazyLock<Bundle> = LazyLock::new(Bundle::of::<Files>);

/// The address of one of them.
pub fn url(name: &str) -> String {
    BUNDLE.url(name)
}
