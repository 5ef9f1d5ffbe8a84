//! Environment files as `deploy/env/*.env.example` are written: a line per variable, `#NAME=value` for one with a default.

use std::collections::BTreeMap;

use crate::Reader;

/// A variable of an environment file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its value.
    pub value: String,
    /// Commented out in an example: there is a default.
    pub optional: bool,
}

/// The variables of an environment file, those commented out (`#NAME=value`) included as optional.
pub fn variables(text: &str) -> BTreeMap<String, Variable> {
    let named = |line: &str| {
        let optional = line.starts_with('#');
        let (name, value) = line.trim_start_matches('#').split_once('=')?;
        let is_name = !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        is_name.then(|| (name.to_owned(), Variable { value: value.to_owned(), optional }))
    };
    text.lines().map(str::trim).filter_map(named).collect()
}

/// Where an example differs from what a program has asked its reader for, a sentence each. For a service's test.
pub fn differences(example: &str, reader: &Reader) -> Vec<String> {
    let listed = variables(example);
    let mut differences = Vec::new();
    for read in reader.declared() {
        match listed.get(read.name) {
            None => differences.push(format!("{} is read and not listed", read.name)),
            Some(one) if one.optional == read.required => {
                let kind = if read.required { "required" } else { "optional" };
                differences.push(format!("{} is {kind}, which the example does not show", read.name));
            }
            Some(_) => {}
        }
    }
    let asked = |name: &str| reader.declared().iter().any(|read| read.name == name);
    let unread = listed.keys().filter(|name| !asked(name));
    differences.extend(unread.map(|name| format!("{name} is listed and never read")));
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_said() {
        let mut reader = Reader::from_pairs([("A", "1")]);
        let _: (String, String) = (reader.required("A", "a"), reader.required("B", "b"));
        let _: (Option<String>, Option<String>) = (reader.optional("C", "c"), reader.optional("D", "d"));
        assert!(differences("# what A is for\nA=1\nB=\n#C=\n#D=4", &reader).is_empty());
        assert_eq!(differences("#A=1\nB=2\nC=\nE=5", &reader).len(), 4);
    }
}
