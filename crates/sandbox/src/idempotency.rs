//! Idempotency keys: the same question gets the same answer for a day.
//!
//! Both providers promise it, with different words for the refusals; the words are theirs, the book is one.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long an answer is kept, in seconds.
const REMEMBERED: i64 = 24 * 60 * 60;

/// An answer as it went out the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// HTTP status.
    pub status: u16,
    /// JSON text.
    pub body: String,
    /// The request that got it first.
    pub request: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    question: String,
    asked_at: i64,
    saved: Saved,
}

/// Answers by provider and key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answers {
    kept: HashMap<String, Entry>,
    #[serde(skip)]
    running: HashSet<String>,
}

/// What is known about a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// Never seen: go on, and call [`Answers::finish`] or [`Answers::give_up`].
    New,
    /// Asked before, answered: say it again.
    Answered(Saved),
    /// Asked before with another body or URL.
    Different,
    /// Being answered at this moment.
    Running,
}

/// A question's fingerprint: method, path and raw body.
pub fn fingerprint(method: &str, path: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), path.as_bytes(), body] {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

impl Answers {
    /// Looks a key up, and marks it as running when it is new.
    pub fn begin(&mut self, key: &str, question: &str, now: i64) -> Known {
        if self.running.contains(key) {
            return Known::Running;
        }
        match self.kept.get(key) {
            Some(entry) if now - entry.asked_at < REMEMBERED => {
                if entry.question == question {
                    Known::Answered(entry.saved.clone())
                } else {
                    Known::Different
                }
            }
            _ => {
                self.running.insert(key.to_owned());
                Known::New
            }
        }
    }

    /// Keeps the answer under its key.
    pub fn finish(&mut self, key: &str, question: &str, now: i64, saved: Saved) {
        self.running.remove(key);
        self.kept.insert(key.to_owned(), Entry { question: question.to_owned(), asked_at: now, saved });
    }

    /// Forgets that the key was running: the next try starts afresh.
    pub fn give_up(&mut self, key: &str) {
        self.running.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> Saved {
        Saved { status: 500, body: "{}".into(), request: "req_1".into() }
    }

    #[test]
    fn an_answer_is_repeated_for_a_day_and_then_forgotten() {
        let mut answers = Answers::default();
        assert_eq!(answers.begin("k", "q", 0), Known::New);
        assert_eq!(answers.begin("k", "q", 1), Known::Running);
        answers.finish("k", "q", 0, saved());
        assert_eq!(answers.begin("k", "q", 10), Known::Answered(saved()));
        assert_eq!(answers.begin("k", "other", 10), Known::Different);
        assert_eq!(answers.begin("k", "other", REMEMBERED), Known::New);
    }

    #[test]
    fn a_key_given_up_is_new_again() {
        let mut answers = Answers::default();
        assert_eq!(answers.begin("k", "q", 0), Known::New);
        answers.give_up("k");
        assert_eq!(answers.begin("k", "q", 0), Known::New);
    }

    #[test]
    fn fingerprints_do_not_run_into_each_other() {
        assert_ne!(fingerprint("POST", "/a", b"b"), fingerprint("POST", "/", b"ab"));
    }
}
