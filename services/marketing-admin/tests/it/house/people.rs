//! The staff: their accounts, apps with codes, and sessions.

use devstack::Credentials;
use domain::clock::{Clock, SystemClock};
use marketing_admin::SERVICE;
use reqwest::{Response, StatusCode};
use serde_json::json;
use web::session::{Claims, SessionKeys, SessionSigner};

use super::{House, PASSWORD, PUBLIC, body};

impl House {
    /// Makes or changes an account; with an app with codes where the role needs one.
    pub async fn put_staff(&self, email: &str, role: &str, password: &str) {
        let app = (role != "door_staff").then(|| app(email, role, password));
        self.put_staff_with(email, role, password, app.as_ref().and_then(|app| app.totp.clone())).await;
        self.tokens.lock().await.remove(email);
        if let Some(app) = app {
            self.apps.lock().expect("no panic").insert(email.to_owned(), app);
        }
    }

    /// The same with this app's secret, or with none whatever the role.
    pub async fn put_staff_with(&self, email: &str, role: &str, password: &str, totp: Option<String>) {
        let account = json!({
            "email": email, "name": "Somebody", "role": role, "password": password, "totp_secret": totp,
        });
        let request = self.http.post(self.internal("/internal/v1/staff")).json(&account);
        let answer = self.as_service("magueyctl", request).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap_or_default());
    }

    /// Somebody's app with codes.
    pub fn app(&self, email: &str) -> Option<Credentials> {
        self.apps.lock().expect("no panic").get(email).cloned()
    }

    /// Tries to sign in through the API, with a code where the account has an app and the password is its own.
    pub async fn sign_in(&self, email: &str, password: &str) -> Response {
        let body = match self.app(email).filter(|app| app.password == password) {
            Some(app) => app.sign_in().await.expect("a code"),
            None => json!({"email": email, "password": password}),
        };
        self.http.post(self.url("/api/v1/session")).json(&body).send().await.expect("an answer")
    }

    /// Tries to sign in from an address, as the gateway tells it.
    pub async fn sign_in_from(&self, address: &str, email: &str, password: &str) -> Response {
        let body = json!({"email": email, "password": password});
        let request = self.http.post(self.url("/api/v1/session")).header("x-envoy-external-address", address);
        request.json(&body).send().await.expect("an answer")
    }

    /// A bearer token of a real session that dies in so many seconds.
    pub async fn short_token(&self, email: &str, seconds: i64) -> String {
        let keys = SessionKeys::one("k1", self.keys.session.verifying_key());
        let token = self.token(email).await;
        // Signing in took its time.
        let now = SystemClock.now();
        let claims = keys.verify(&token, SERVICE, now).expect("a token of ours");
        SessionSigner::new("k1", &self.keys.session)
            .sign(&Claims { exp: now.timestamp() + seconds, ..claims })
    }

    /// A bearer token; of the session of before, for who has an app with codes.
    pub async fn token(&self, email: &str) -> String {
        if self.app(email).is_none() {
            return self.new_token(email).await;
        }
        // Held over the sign-in: two at once would both send the code that is good once.
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(email) {
            return token.clone();
        }
        let token = self.new_token(email).await;
        tokens.insert(email.to_owned(), token.clone());
        token
    }

    /// A bearer token of a session of its own.
    pub async fn new_token(&self, email: &str) -> String {
        let answer = self.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::OK);
        body(answer).await["token"].as_str().expect("a token").to_owned()
    }

    /// The cookie header of a browser that is signed in: through the page, or with the session of [`Self::token`].
    pub async fn cookie(&self, email: &str) -> String {
        if self.app(email).is_some() {
            return format!("{}={}", web::session::COOKIE, self.token(email).await);
        }
        let form = [("email", email), ("password", PASSWORD), ("next", "/admin/events")];
        let answer = self
            .http
            .post(self.url("/admin/sign-in"))
            .header("origin", PUBLIC)
            .form(&form)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/admin/events");
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        for part in ["__Host-maguey_staff=", "HttpOnly", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.to_lowercase().contains("domain="), "host only");
        cookie.split(';').next().expect("a pair").to_owned()
    }
}

/// A new app with codes.
pub fn app(email: &str, role: &str, password: &str) -> Credentials {
    let secret = devstack::secret::bytes::<20>().expect("random bytes");
    Credentials {
        email: email.to_owned(),
        password: password.to_owned(),
        role: role.to_owned(),
        totp: Some(totp_rs::Secret::from(secret).to_base32()),
    }
}
