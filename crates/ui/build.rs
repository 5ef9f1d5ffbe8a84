//! Texts, templates and assets are read while compiling: a new file in one of these folders must rebuild the crate.

fn main() {
    for folder in ["locales", "templates", "assets", "vendor"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
