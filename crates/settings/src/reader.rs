//! Reads variables, and reports all that is wrong with them together.

use crate::{Environment, Secret, Value};
use domain::mode::Mode;
use std::{collections::BTreeMap, fmt};

/// Reads variables and remembers what was wrong with them.
#[derive(Debug)]
pub struct Reader {
    variables: BTreeMap<String, Secret>,
    declared: Vec<Declared>,
    faults: Vec<Fault>,
    environment: Option<Environment>,
    mode: Option<Mode>,
}

/// A variable that a program asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Whether the program does not start without it.
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    name: &'static str,
    purpose: &'static str,
    problem: String,
}

/// Everything that was wrong with the environment, printed a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Reader {
    /// A reader of this process's environment.
    pub fn from_env() -> Self {
        Self::from_pairs(std::env::vars())
    }

    /// A reader of the given variables, for tests and for checking a file before it is used.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables = pairs.into_iter().map(|(n, v)| (n.into(), Secret::new(v))).collect();
        Self { variables, declared: Vec::new(), faults: Vec::new(), environment: None, mode: None }
    }

    /// A variable without which the program can't start.
    pub fn required<T: Value>(&mut self, name: &'static str, purpose: &'static str) -> T {
        self.declare(name, purpose, true);
        match self.read(name, purpose) {
            Some(value) => value,
            None => {
                if self.faults.last().is_none_or(|fault| fault.name != name) {
                    self.fault(name, purpose, "is missing");
                }
                T::placeholder()
            }
        }
    }

    /// A required variable whose value must not be printed.
    pub fn secret(&mut self, name: &'static str, purpose: &'static str) -> Secret {
        self.required(name, purpose)
    }

    /// A variable that may be absent; empty counts as absent.
    pub fn optional<T: Value>(&mut self, name: &'static str, purpose: &'static str) -> Option<T> {
        self.declare(name, purpose, false);
        self.read(name, purpose)
    }

    /// A variable with a default.
    pub fn or<T: Value>(&mut self, name: &'static str, default: T, purpose: &'static str) -> T {
        self.optional(name, purpose).unwrap_or(default)
    }

    /// What kind of place this is (`MAGUEY_ENV`, required, so that nobody is in production by accident or by omission).
    pub fn environment(&mut self) -> Environment {
        if let Some(known) = self.environment {
            return known;
        }
        let environment =
            self.required("MAGUEY_ENV", "what kind of place this is: local, test or production");
        self.environment = Some(environment);
        environment
    }

    /// Whether money is real here (`MAGUEY_MODE`): in production it is, unless that says `test`; everywhere else it never is.
    pub fn mode(&mut self) -> Mode {
        const NAME: &str = "MAGUEY_MODE";
        const PURPOSE: &str = "live or test: whether money and tickets are real";
        if let Some(known) = self.mode {
            return known;
        }
        let real = self.environment() == Environment::Production;
        let mode = self.or(NAME, if real { Mode::Live } else { Mode::Test }, PURPOSE);
        if mode == Mode::Live && !real {
            self.fault(NAME, PURPOSE, "is live where MAGUEY_ENV is not production");
        }
        self.mode = Some(mode);
        mode
    }

    /// Records a fault if this is production and `found` holds, e.g. a sandbox's address or an example secret.
    pub fn refuse_in_production(
        &mut self,
        name: &'static str,
        purpose: &'static str,
        found: bool,
        problem: &str,
    ) {
        if found && self.environment() == Environment::Production {
            self.fault(name, purpose, problem);
        }
    }

    /// Records that a value, though well-formed, can't be used.
    pub fn fault(&mut self, name: &'static str, purpose: &'static str, problem: impl Into<String>) {
        self.faults.push(Fault { name, purpose, problem: problem.into() });
    }

    /// What has been asked for so far.
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// Lets the configuration out if nothing was wrong, else all faults together.
    pub fn finish<T>(self, config: T) -> Result<T, Faults> {
        if self.faults.is_empty() { Ok(config) } else { Err(Faults(self.faults)) }
    }

    fn declare(&mut self, name: &'static str, purpose: &'static str, required: bool) {
        if !self.declared.iter().any(|d| d.name == name) {
            self.declared.push(Declared { name, purpose, required });
        }
    }

    fn read<T: Value>(&mut self, name: &'static str, purpose: &'static str) -> Option<T> {
        let text =
            self.variables.get(name).map(|v| v.expose().trim().to_owned()).filter(|t| !t.is_empty())?;
        match T::read(&text) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.fault(name, purpose, format!("can't be used: {expected}"));
                None
            }
        }
    }
}

impl Faults {
    /// The names of the variables at fault.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|fault| fault.name)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The environment is not complete:")?;
        for fault in &self.0 {
            writeln!(f, "  {} {} ({})", fault.name, fault.problem, fault.purpose)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::Reader;
    use crate::{Environment, List, Secret};
    use domain::mode::Mode;

    #[test]
    fn all_faults_are_reported_at_once_by_name_and_purpose() {
        let mut reader = Reader::from_pairs([("PORT", "eighty"), ("EMPTY", " ")]);
        let config = (
            reader.required::<u16>("PORT", "where to listen"),
            reader.required::<String>("EMPTY", "something"),
            reader.secret("KEY", "signs"),
        );
        let faults = reader.finish(config).expect_err("three faults");
        assert_eq!(faults.names().collect::<Vec<_>>(), ["PORT", "EMPTY", "KEY"]);
        assert!(faults.to_string().contains("where to listen"), "{faults}");
        assert!(!faults.to_string().contains("eighty"), "a value may be secret");
    }

    #[test]
    fn a_malformed_optional_variable_is_a_fault_and_an_absent_one_is_not() {
        let mut reader = Reader::from_pairs([("WORKERS", "x")]);
        let config =
            (reader.or("WORKERS", 2_usize, "threads"), reader.optional::<String>("OTHER", "nothing"));
        assert!(reader.finish(config).is_err());
    }

    #[test]
    fn secrets_do_not_print() {
        let mut reader = Reader::from_pairs([("KEY", "hunter2")]);
        let key = reader.secret("KEY", "signs");
        assert_eq!(format!("{key:?} {reader:?}").matches("hunter2").count(), 0);
        assert_eq!(key.expose(), "hunter2");
    }

    #[test]
    fn production_refuses_what_belongs_to_the_sandbox() {
        let check = |place| {
            let mut reader = Reader::from_pairs([("MAGUEY_ENV", place)]);
            reader.refuse_in_production("STRIPE_API_BASE_URL", "payments", true, "points at a sandbox");
            reader.finish(()).is_ok()
        };
        assert!(check("local"));
        assert!(!check("production"));
        assert_eq!(Reader::from_pairs([("MAGUEY_ENV", "test")]).environment(), Environment::Test);
    }

    #[test]
    fn money_is_real_in_production_alone() {
        let mode = |pairs: &[(&str, &str)]| {
            let mut reader = Reader::from_pairs(pairs.iter().copied());
            let mode = reader.mode();
            reader.finish(mode).map_err(|faults| faults.names().collect::<Vec<_>>())
        };
        assert_eq!(mode(&[("MAGUEY_ENV", "production")]), Ok(Mode::Live));
        assert_eq!(mode(&[("MAGUEY_ENV", "production"), ("MAGUEY_MODE", "test")]), Ok(Mode::Test));
        assert_eq!(mode(&[("MAGUEY_ENV", "local")]), Ok(Mode::Test));
        assert_eq!(mode(&[("MAGUEY_ENV", "local"), ("MAGUEY_MODE", "live")]), Err(vec!["MAGUEY_MODE"]));
    }

    #[test]
    fn lists_are_split_at_commas() {
        let mut reader = Reader::from_pairs([("SECRETS", "a, b")]);
        let list: List<Secret> = reader.required("SECRETS", "old and new");
        assert_eq!(list.0.iter().map(Secret::expose).collect::<Vec<_>>(), ["a", "b"]);
    }
}
