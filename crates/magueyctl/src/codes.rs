//! Codes of a second factor, for who operates a club of their own machine: the demo's staff have no phone.

use anyhow::Context;
use totp_rs::{Builder, Secret};

/// Seconds that a code lasts.
const SECONDS: u64 = 30;

/// The half minute that it is now, counted since 1970.
pub fn step() -> u64 {
    u64::try_from(crate::now().timestamp()).unwrap_or_default() / SECONDS
}

/// The code of a secret (base32) in a half minute.
pub fn code(secret: &str, step: u64) -> anyhow::Result<String> {
    let secret = Secret::try_from_base32(secret.trim()).ok().context("the secret is not base32")?;
    let totp = Builder::new().with_secret(secret).build().ok().context("the secret is too short")?;
    Ok(totp.generate(step * SECONDS).to_string())
}

#[cfg(test)]
mod tests {
    use super::code;

    /// The vectors of RFC 6238, appendix B, whose last six digits count here.
    #[test]
    fn codes_are_those_of_everybodys_app() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (second, digits) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code(secret, second / 30).expect("a code"), digits);
        }
        assert!(code("not base32!", 0).is_err());
    }
}
