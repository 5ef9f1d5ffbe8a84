//! The desk's service: read the environment, build, serve, drain.

use std::process::ExitCode;

fn main() -> ExitCode {
    web::boot::main(marketing_admin::SERVICE, marketing_admin::Config::read, marketing_admin::build)
}
