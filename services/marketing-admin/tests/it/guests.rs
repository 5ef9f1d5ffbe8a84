//! Guests with accounts, as their browsers know them: cookies kept, forms with their token.

use std::collections::BTreeMap;
use std::sync::Mutex;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{RequestBuilder, Response, StatusCode};
use uuid::Uuid;

use crate::house::{House, PASSWORD};
use crate::identity::field;

/// What a browser says where a form comes from.
const ORIGIN: &str = "http://maguey.localhost:8080";
/// A phone, so that the pages have a device to name.
pub const AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

/// Makes them.
pub struct Guests;

impl Guests {
    /// An account with a proven address and the usual password, and a browser that is signed in with it.
    pub async fn sign_up(house: &House, email: &str) -> Guest {
        let guest = Self::with_account(house, email).await;
        guest.sign_in(house).await;
        guest
    }

    /// The account alone: nobody is signed in.
    pub async fn with_account(house: &House, email: &str) -> Guest {
        let hash = Argon2::default().hash_password(PASSWORD.as_bytes()).expect("hashed").to_string();
        let id = Uuid::now_v7();
        house
            .as_admin(&format!(
                "INSERT INTO marketing_admin.accounts (id, email, name, password_hash, created_at, changed_at)
                 VALUES ('{id}', '{email}', 'Ana Luz', '{hash}', now(), now())"
            ))
            .await;
        Guest { id, email: email.to_owned(), address: "192.0.2.10".to_owned(), cookies: Mutex::default() }
    }

    /// A browser of somebody who has no account.
    pub fn nobody(email: &str, address: &str) -> Guest {
        Guest {
            id: Uuid::nil(),
            email: email.to_owned(),
            address: address.to_owned(),
            cookies: Mutex::default(),
        }
    }
}

/// One of them, with a browser.
pub struct Guest {
    /// Key of the account.
    pub id: Uuid,
    /// The proven address.
    pub email: String,
    /// From where they come, as the gateway tells it.
    pub address: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Guest {
    /// Another browser of the same guest, at another address; signed in nowhere yet.
    pub fn elsewhere(&self, address: &str) -> Self {
        Self {
            id: self.id,
            email: self.email.clone(),
            address: address.to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// Signs in by the page's form.
    pub async fn sign_in(&self, house: &House) {
        let answer = self.try_password(house, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{} signs in", self.email);
    }

    /// Sends the sign-in form with some password.
    pub async fn try_password(&self, house: &House, password: &str) -> Response {
        let form = [("email", self.email.as_str()), ("password", password)];
        let request = house.http.post(house.url("/account/sign-in")).form(&form);
        self.send(request).await
    }

    /// Sends a form that needs nobody to be signed in.
    pub async fn form(&self, house: &House, path: &str, fields: &[(&str, &str)]) -> Response {
        self.send(house.http.post(house.url(path)).form(fields)).await
    }

    /// A page, as it is answered.
    pub async fn get(&self, house: &House, path: &str) -> Response {
        self.send(house.http.get(house.url(path)).header("accept", "text/html")).await
    }

    /// A page's text.
    pub async fn page(&self, house: &House, path: &str) -> String {
        let answer = self.get(house, path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path} leads to {:?}", answer.headers().get(LOCATION));
        answer.text().await.expect("a page")
    }

    /// The token of the forms on a page.
    pub async fn csrf(&self, house: &House, path: &str) -> String {
        field(&self.page(house, path).await, "csrf")
    }

    /// Sends a form with the token of the page it stands on.
    pub async fn submit(&self, house: &House, page: &str, action: &str, fields: &[(&str, &str)]) -> Response {
        let csrf = self.csrf(house, page).await;
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend_from_slice(fields);
        self.send(house.http.post(house.url(action)).form(&form)).await
    }

    /// Sends a request as this browser, and keeps the cookies that come back.
    pub async fn send(&self, request: RequestBuilder) -> Response {
        let cookies = self.cookie_header();
        let mut request = request
            .header("origin", ORIGIN)
            .header("user-agent", AGENT)
            .header("x-envoy-external-address", &self.address);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        let answer = request.send().await.expect("an answer");
        self.keep(&answer);
        answer
    }

    /// The cookies as a browser sends them.
    pub fn cookie_header(&self) -> String {
        let held = self.cookies.lock().expect("unpoisoned");
        held.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// One of the cookies.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("unpoisoned").get(name).cloned()
    }

    fn keep(&self, answer: &Response) {
        let mut held = self.cookies.lock().expect("unpoisoned");
        for set in answer.headers().get_all(SET_COOKIE) {
            let text = set.to_str().expect("text");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if value.is_empty() || text.to_lowercase().contains("max-age=0") {
                held.remove(name);
            } else {
                held.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
