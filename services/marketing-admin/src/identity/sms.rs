//! SMS by Twilio's Messages API. Without an account there nothing is offered.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use phonenumber::country;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use settings::{Reader, Secret};

use crate::identity::limits::Allowance;
use crate::identity::phone::number;
use crate::identity::providers::config::address;

/// Somebody waits for a page meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the environment says of it.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// Our account, if there is one.
    pub account: Option<Account>,
    /// Where a number without a country's code is.
    pub region: country::Id,
    /// Countries to whose numbers codes are sent; none: all.
    pub countries: Vec<country::Id>,
    /// Codes that the whole club sends at once, and about as many again within each hour.
    pub per_hour: u32,
}

/// Our account at Twilio.
#[derive(Debug, Clone)]
pub struct Account {
    base: Url,
    sid: String,
    token: Secret,
    from: String,
}

impl SmsSettings {
    /// Reads and declares the variables.
    pub fn read(reader: &mut Reader) -> Self {
        const TOKEN: (&str, &str) = ("TWILIO_AUTH_TOKEN", "its token");
        const COUNTRY: (&str, &str) =
            ("CLUB_COUNTRY", "where a phone number without a country's code is: two letters");
        let sid: Option<String> = reader.optional(
            "TWILIO_ACCOUNT_SID",
            "our account at Twilio: guests sign in by SMS; not offered if absent",
        );
        let token: Option<Secret> = reader.optional(TOKEN.0, TOKEN.1);
        let from: Option<String> =
            reader.optional("TWILIO_FROM", "our number there, or the sid of a messaging service");
        let base = address(reader, ("TWILIO_URL", "Twilio's API"), "https://api.twilio.com");
        let country: String = reader.or(COUNTRY.0, "ES".to_owned(), COUNTRY.1);
        let region = country.trim().to_uppercase().parse::<country::Id>().unwrap_or_else(|_| {
            reader.fault(COUNTRY.0, COUNTRY.1, "is no country's two letters");
            country::Id::ES
        });
        let account = match (sid, token, from) {
            (Some(sid), Some(token), Some(from)) => Some(Account { base, sid, token, from }),
            (None, None, None) => None,
            _ => {
                let all = "needs TWILIO_ACCOUNT_SID and TWILIO_FROM beside it, or none of the three is set";
                reader.fault(TOKEN.0, TOKEN.1, all);
                None
            }
        };
        Self { account, region, countries: countries(reader), per_hour: per_hour(reader) }
    }
}

/// Two letters of each country that codes are sent to.
fn countries(reader: &mut Reader) -> Vec<country::Id> {
    const NAME: &str = "SMS_COUNTRIES";
    const PURPOSE: &str =
        "countries that codes by SMS are sent to, two letters each, commas between; everywhere if empty";
    let text: String = reader.or(NAME, String::new(), PURPOSE);
    let named = text.split(',').map(|part| part.trim().to_uppercase()).filter(|part| !part.is_empty());
    let read: Result<Vec<country::Id>, _> = named.map(|part| part.parse::<country::Id>()).collect();
    read.unwrap_or_else(|_| {
        reader.fault(NAME, PURPOSE, "names what is no country's two letters");
        Vec::new()
    })
}

/// More than one a second is no club.
fn per_hour(reader: &mut Reader) -> u32 {
    const NAME: &str = "SMS_PER_HOUR";
    const PURPOSE: &str = "codes by SMS that the whole club sends within an hour, 1 to 3600";
    let most: u32 = reader.or(NAME, 300, PURPOSE);
    if !(1..=3600).contains(&most) {
        reader.fault(NAME, PURPOSE, "must be 1 to 3600");
    }
    most
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is on its way.
    Sent,
    /// Nothing can be sent to this number.
    Refused,
    /// Nobody knows; later it may go.
    Away,
    /// Not tried: we send nothing to that country.
    Unserved,
    /// Not tried: as many as the club sends within an hour were sent.
    Capped,
}

impl Fate {
    const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Away => "away",
            Self::Unserved => "unserved",
            Self::Capped => "capped",
        }
    }
}

/// Twilio's words about what it did not take.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: u32,
}

/// Sends SMS.
#[derive(Clone)]
pub struct Sms {
    settings: Arc<SmsSettings>,
    http: reqwest::Client,
    fates: Counter<u64>,
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms").field("offered", &self.is_offered()).finish_non_exhaustive()
    }
}

impl Sms {
    /// By this account.
    pub fn new(settings: SmsSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            http: web::client::client_with(PATIENCE),
            fates: telemetry::meter()
                .u64_counter("maguey_sms_attempts")
                .with_description("Codes by SMS, by outcome (sent, refused, away, unserved, capped)")
                .build(),
        }
    }

    /// Whether there is an account to send by.
    pub fn is_offered(&self) -> bool {
        self.settings.account.is_some()
    }

    /// Where a number without a country's code is.
    pub fn region(&self) -> country::Id {
        self.settings.region
    }

    /// Whether codes are sent to the country of a number (E.164).
    pub fn serves(&self, to: &str) -> bool {
        let served = &self.settings.countries;
        served.is_empty() || number::country_of(to).is_some_and(|country| served.contains(&country))
    }

    /// What the whole club may send.
    pub fn allowance(&self) -> Allowance {
        let burst = self.settings.per_hour.max(1);
        Allowance { burst, every: 3600_u32.div_ceil(burst) }
    }

    /// Notes what became of a message, be it that it was not tried.
    pub fn note(&self, fate: Fate) {
        self.fates.add(1, &[KeyValue::new("outcome", fate.code())]);
        // The number is a person's: the log knows only that there was one.
        if fate == Fate::Capped {
            tracing::warn!(outcome = fate.code(), "an SMS was kept back: the hour's are sent (SMS_PER_HOUR)");
        } else {
            tracing::info!(outcome = fate.code(), "an SMS");
        }
    }

    /// Sends a text to a number (E.164). One try more where nobody knows: the same code twice harms nobody.
    pub async fn send(&self, to: &str, text: &str) -> Fate {
        let Some(account) = &self.settings.account else { return Fate::Away };
        let mut fate = self.once(account, to, text).await;
        if fate == Fate::Away {
            fate = self.once(account, to, text).await;
        }
        self.note(fate);
        fate
    }

    async fn once(&self, account: &Account, to: &str, text: &str) -> Fate {
        let path = format!("2010-04-01/Accounts/{}/Messages.json", account.sid);
        let mut url = account.base.clone();
        url.set_path(&format!("{}/{path}", account.base.path().trim_end_matches('/')));
        let sender = if account.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        let form = [("To", to), (sender, account.from.as_str()), ("Body", text)];
        let request = self.http.post(url).basic_auth(&account.sid, Some(account.token.expose())).form(&form);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Fate::Sent,
            Ok(answer) => {
                let status = answer.status();
                let problem: Problem = answer.json().await.unwrap_or_default();
                tracing::warn!(status = status.as_u16(), code = problem.code, "an SMS was not taken");
                // 21211 and its neighbours are about the number; a refused key is our trouble, and passes once it is mended.
                if status == StatusCode::BAD_REQUEST { Fate::Refused } else { Fate::Away }
            }
            Err(error) => {
                tracing::warn!(error = %error.without_url(), "the SMS provider does not answer");
                Fate::Away
            }
        }
    }
}
