//! Mails about accounts, as they arrive, and the links in them.

use serde_json::Value;

use crate::house::{House, until};

/// Where every link in a mail leads, whatever the request that asked for it said of itself.
const PUBLIC: &str = "http://maguey.localhost:8080";

/// The newest mail with this subject, once so many of them have arrived.
pub async fn letter(house: &House, to: &str, subject: &str, many: usize) -> String {
    let arrived = async || -> Vec<String> {
        let mails = house.mailbox(to).await;
        let wanted =
            mails.iter().filter(|mail| mail["subject"].as_str().is_some_and(|s| s.contains(subject)));
        wanted.map(text).collect()
    };
    until(&format!("{many} × “{subject}” arrive at {to}"), async || arrived().await.len() >= many).await;
    let mails = arrived().await;
    assert_eq!(mails.len(), many, "“{subject}” at {to}");
    mails.into_iter().next_back().expect("a mail")
}

/// Path and query of the link in the only mail with this subject.
pub async fn link(house: &House, to: &str, subject: &str) -> String {
    link_in(&letter(house, to, subject, 1).await)
}

/// Every link of the mails with this subject, in whichever order they arrived.
pub async fn links(house: &House, to: &str, subject: &str, many: usize) -> Vec<String> {
    letter(house, to, subject, many).await;
    let mails = house.mailbox(to).await;
    let wanted = mails.iter().filter(|mail| mail["subject"].as_str().is_some_and(|s| s.contains(subject)));
    wanted.map(|mail| link_in(&text(mail))).collect()
}

/// The token of a link.
pub fn token(link: &str) -> &str {
    link.split_once("token=").expect("a token").1
}

fn text(mail: &Value) -> String {
    mail["text"].as_str().expect("text").to_owned()
}

fn link_in(text: &str) -> String {
    let start = format!("{PUBLIC}/account/");
    let at = text.find(&start).unwrap_or_else(|| panic!("a link to the club in {text}"));
    let url = text[at..].split_whitespace().next().expect("a link");
    url[PUBLIC.len()..].to_owned()
}
