//! The purchase service: read the environment, build, serve, drain.

use std::process::ExitCode;

fn main() -> ExitCode {
    web::boot::main("purchase", purchase::Config::read, purchase::build)
}
