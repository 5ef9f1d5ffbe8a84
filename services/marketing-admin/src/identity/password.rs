//! Passwords: argon2id, a bounded number at once, off the threads that serve requests.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use web::Fault;

/// Hashes at once. Each takes 19 MiB and a core for some 20 ms: a flood of sign-ins must not starve the pages.
const AT_ONCE: usize = 2;

/// What an unknown address is checked against, so that the answer takes the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    // A hash of parameters that are the default's can't fail; should it all the same, only the timing differs.
    Argon2::default()
        .hash_password(b"nobody signs in with this")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

/// Makes and checks password hashes. Clones share the limit.
#[derive(Debug, Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// A PHC string for a password, with a fresh salt.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        self.run(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|e| Fault::internal(anyhow::anyhow!("hashing a password: {e}")))
    }

    /// Whether the password fits the hash. Without a hash (no such account) the same work is done, and the answer is no.
    pub async fn matches(&self, hash: Option<String>, password: String) -> Result<bool, Fault> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let fits = Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
            known && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let permit = self.permits.clone().acquire_owned().await.map_err(Fault::internal)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        worked.await.map_err(Fault::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::Passwords;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse battery".into()).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            passwords.matches(Some(hash.clone()), "correct horse battery".into()).await.expect("checked")
        );
        assert!(!passwords.matches(Some(hash), "correct horse".into()).await.expect("checked"));
        assert!(!passwords.matches(None, "nobody signs in with this".into()).await.expect("checked"));
    }
}
