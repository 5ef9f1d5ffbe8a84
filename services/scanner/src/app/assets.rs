//! The page's own files, under fingerprinted names.

use std::{borrow::Cow, sync::LazyLock};

use rust_embed::RustEmbed;
use ui::assets::Bundle;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

/// All files by their plain names: `vendor/zxing-wasm-3.1.4/zxing-reader.js` is `zxing-reader.js`.
pub static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| Bundle::from_files(Files::iter().filter_map(file)));

fn file(path: Cow<'static, str>) -> Option<(String, Cow<'static, [u8]>)> {
    let name = path.rsplit('/').next()?.to_owned();
    // What lies beside the files for people who read the folder is not for browsers.
    if name.ends_with(".md") || name.starts_with("LICENSE") {
        return None;
    }
    Some((name, Files::get(&path)?.data))
}
