//! How often tests of faults do what they do.

/// `usual` times in `make test`, which somebody waits for; `long` times in `make soak`, which runs for an hour or two and finds what
/// happens once in a thousand. The promises are the same.
pub fn soak<N>(usual: N, long: N) -> N {
    if std::env::var_os("MAGUEY_SOAK").is_some() { long } else { usual }
}
