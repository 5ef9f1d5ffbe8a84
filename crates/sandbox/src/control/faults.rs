//! Scripted faults: what goes wrong, where, how often.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Calls to `/v1/…`.
    Stripe,
    /// Calls to `/emails…`.
    Resend,
    /// Calls to `/3/device/…`: phones with Apple's wallet.
    Apple,
    /// Calls to `/token` and `/walletobjects/…`: Google's wallet.
    Google,
    /// Calls to `/google/…`, `/apple/…`, `/facebook/…` and `/github/…`: who signs in there.
    Identity,
    /// Calls to `/breaches/…`: passwords that thieves have.
    Breaches,
    /// Calls to `/2010-04-01/…`: SMS.
    Twilio,
    /// The guest's steps on the payment page, `/c/pay/…`.
    Page,
    /// Webhooks that the sandbox sends.
    Webhook,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Answers this status; nothing happens. With `saved`, Stripe keeps the answer for the idempotency key.
    Status {
        /// HTTP status.
        status: u16,
        /// Instead of the provider's usual words.
        body: Option<Value>,
        /// Seconds, as a header.
        retry_after: Option<u64>,
        /// Kept for the key, as Stripe keeps its 500s.
        #[serde(default)]
        saved: bool,
    },
    /// Never answers; the connection is cut after `ms`, or when the sandbox stops. Nothing happens.
    Hang {
        /// Milliseconds.
        ms: Option<u64>,
    },
    /// Everything happens, the answer does not arrive: the connection is cut, after `ms` if given.
    Lost {
        /// Milliseconds.
        ms: Option<u64>,
    },
    /// Waits, then works as usual. For webhooks: waits before sending.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Works at once, answers late.
    SlowAnswer {
        /// Milliseconds.
        ms: u64,
    },
    /// The webhook is never sent.
    Drop,
    /// The webhook is sent this many times, one after the other.
    Duplicate {
        /// In all.
        times: u32,
    },
    /// The webhook is sent this many times at once.
    Concurrent {
        /// In all.
        times: u32,
    },
    /// The webhook waits until an event of type `until` was delivered (any, if not given), or is released.
    Hold {
        /// An event type, `*` at its end allowed.
        until: Option<String>,
    },
    /// The happening is told twice, under two event ids.
    Twin,
}

impl Action {
    fn is_for_webhooks(&self) -> bool {
        matches!(
            self,
            Self::Drop | Self::Duplicate { .. } | Self::Concurrent { .. } | Self::Hold { .. } | Self::Twin
        )
    }
}

fn once() -> u32 {
    1
}

/// A fault to be, as `POST /control/faults` takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Where.
    pub provider: Provider,
    /// Only this method.
    pub method: Option<String>,
    /// Only this path; `*` stands for anything.
    pub path: Option<String>,
    /// Only this event type; `*` stands for anything.
    pub event: Option<String>,
    /// How often; 0 until deleted.
    #[serde(default = "once")]
    pub count: u32,
    /// How many matching calls pass unhurt first.
    #[serde(default)]
    pub after: u32,
    /// What.
    pub action: Action,
}

impl Script {
    /// Says what is wrong with a script, if anything.
    pub fn fault(&self) -> Option<&'static str> {
        let webhook = self.provider == Provider::Webhook;
        match &self.action {
            Action::Delay { .. } => None,
            action if action.is_for_webhooks() != webhook => Some(
                "this action does not fit the provider: drop, duplicate, concurrent, hold and twin are for webhooks, the others for calls",
            ),
            Action::Status { status, .. } if !(200..600).contains(status) => {
                Some("status must be between 200 and 599")
            }
            Action::Duplicate { times } | Action::Concurrent { times } if !(1..=100).contains(times) => {
                Some("times must be between 1 and 100")
            }
            _ => None,
        }
    }
}

/// A scripted fault and how often it struck.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    /// To delete it by.
    pub id: u64,
    /// How often it struck.
    pub struck: u32,
    passed: u32,
    /// What was asked for.
    #[serde(flatten)]
    pub script: Script,
}

impl Fault {
    /// Counts a matching call; says whether the fault strikes.
    fn strikes(&mut self) -> bool {
        if self.passed < self.script.after {
            self.passed += 1;
            return false;
        }
        if self.script.count != 0 && self.struck >= self.script.count {
            return false;
        }
        self.struck += 1;
        true
    }
}

/// All scripted faults, in the order they were made. The first that strikes is the only one.
#[derive(Debug, Default)]
pub struct FaultBook {
    faults: Vec<Fault>,
    last_id: u64,
}

impl FaultBook {
    /// Adds a fault.
    pub fn add(&mut self, script: Script) -> Fault {
        self.last_id += 1;
        let fault = Fault { id: self.last_id, struck: 0, passed: 0, script };
        self.faults.push(fault.clone());
        fault
    }

    /// All of them, spent ones too.
    pub fn all(&self) -> &[Fault] {
        &self.faults
    }

    /// Deletes one fault, or all.
    pub fn delete(&mut self, id: Option<u64>) -> usize {
        let before = self.faults.len();
        self.faults.retain(|fault| id.is_some_and(|id| fault.id != id));
        before - self.faults.len()
    }

    /// The fault that strikes this call, if any.
    pub fn take_request(&mut self, provider: Provider, method: &str, path: &str) -> Option<Action> {
        self.take(|script| {
            script.provider == provider
                && script.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && script.path.as_deref().is_none_or(|wanted| like(wanted, path))
        })
    }

    /// The fault that loses the answer to a call, if there is one: it strikes an answer that is given again, too.
    pub fn take_loss(&mut self, provider: Provider, method: &str, path: &str) -> Option<Action> {
        self.take(|script| {
            script.provider == provider
                && matches!(script.action, Action::Lost { .. })
                && script.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && script.path.as_deref().is_none_or(|wanted| like(wanted, path))
        })
    }

    /// The fault that strikes this webhook, if any.
    pub fn take_event(&mut self, kind: &str) -> Option<Action> {
        self.take(|script| {
            script.provider == Provider::Webhook
                && script.event.as_deref().is_none_or(|wanted| like(wanted, kind))
        })
    }

    fn take(&mut self, matches: impl Fn(&Script) -> bool) -> Option<Action> {
        let struck = self.faults.iter_mut().filter(|fault| matches(&fault.script)).find_map(|fault| {
            let strikes = fault.strikes();
            strikes.then(|| fault.script.action.clone())
        });
        if let Some(action) = &struck {
            tracing::info!(?action, "a scripted fault strikes");
        }
        struck
    }
}

/// Whether a text fits a pattern in which `*` stands for anything.
pub fn like(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    if rest.is_empty() {
        return true;
    }
    loop {
        if like(rest, left) {
            return true;
        }
        let mut letters = left.chars();
        if letters.next().is_none() {
            return false;
        }
        left = letters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, fits) in [
            ("/v1/refunds", "/v1/refunds", true),
            ("/v1/refunds", "/v1/refunds/1", false),
            ("/v1/checkout/sessions/*/expire", "/v1/checkout/sessions/cs_1/expire", true),
            ("/v1/checkout/sessions/*/expire", "/v1/checkout/sessions/cs_1", false),
            ("checkout.*", "checkout.session.completed", true),
            ("*", "", true),
            ("*a", "bab", false),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_asked_and_not_before() {
        let mut book = FaultBook::default();
        let script = serde_json::json!({
            "provider": "stripe", "path": "/v1/refunds", "after": 1, "count": 2,
            "action": {"kind": "status", "status": 500}
        });
        book.add(serde_json::from_value(script).expect("reads"));
        let mut strikes = || book.take_request(Provider::Stripe, "POST", "/v1/refunds").is_some();
        assert_eq!([strikes(), strikes(), strikes(), strikes()], [false, true, true, false]);
    }

    #[test]
    fn an_action_must_fit_its_provider() {
        let script: Script =
            serde_json::from_str(r#"{"provider":"resend","action":{"kind":"drop"}}"#).expect("reads");
        assert!(script.fault().is_some());
    }
}
