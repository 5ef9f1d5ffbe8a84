//! Compiles `proto/` without `protoc`, and hands the descriptors to the compatibility test.
use prost::Message;
use std::{env, fs, path::PathBuf};

#[expect(clippy::disallowed_methods, reason = "a build script is told its folder by the environment")]
fn main() {
    let root = PathBuf::from("../../proto");
    let files = [
        "maguey/marketing_admin/v1/event.proto",
        "maguey/marketing_admin/v1/account.proto",
        "maguey/marketing_admin/v1/floor_plan.proto",
        "maguey/marketing_admin/v1/promo.proto",
        "maguey/purchase/v1/mail.proto",
        "maguey/purchase/v1/order.proto",
        "maguey/purchase/v1/reservation.proto",
        "maguey/purchase/v1/ticket.proto",
        "maguey/purchase/v1/waitlist.proto",
        "maguey/scanner/v1/door_changed.proto",
        "maguey/scanner/v1/reservation_checked_in.proto",
        "maguey/scanner/v1/ticket_scanned.proto",
    ]
    .map(|file| root.join(file));
    println!("cargo:rerun-if-changed=../../proto");
    let descriptors = protox::compile(&files, [&root]).expect("the protos compile");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo says where"));
    fs::write(out.join("descriptors.binpb"), descriptors.encode_to_vec()).expect("the folder is writable");
    prost_build::Config::new().compile_fds(descriptors).expect("code for the protos");
}
