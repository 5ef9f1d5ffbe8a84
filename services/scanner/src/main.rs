//! The door's service: read the environment, build, serve, drain.

use std::process::ExitCode;

fn main() -> ExitCode {
    web::boot::main(scanner::SERVICE, scanner::Config::read, scanner::build)
}
