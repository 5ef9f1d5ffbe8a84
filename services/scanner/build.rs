//! Templates and assets are read while compiling: a new file must rebuild the crate.

fn main() {
    for folder in ["templates", "assets"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
