//! A change of the protos that breaks a reader of yesterday fails here.

use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet};
use std::collections::BTreeMap;

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.binpb");

/// Everything a reader relies on: `package.Message.number` → name, type, label; `package.Enum.number` → name.
fn promises(set: &FileDescriptorSet) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in &set.file {
        message_promises(file.package(), &file.message_type, &mut found);
        enum_promises(file.package(), &file.enum_type, &mut found);
    }
    found
}

fn message_promises(scope: &str, messages: &[DescriptorProto], found: &mut BTreeMap<String, String>) {
    for message in messages {
        let path = format!("{scope}.{}", message.name());
        for field in &message.field {
            found.insert(format!("{path} field {}", field.number()), promise(field));
        }
        message_promises(&path, &message.nested_type, found);
        enum_promises(&path, &message.enum_type, found);
    }
}

fn promise(field: &FieldDescriptorProto) -> String {
    format!("{} {:?} {:?} {}", field.name(), field.r#type(), field.label(), field.type_name())
}

fn enum_promises(scope: &str, enums: &[EnumDescriptorProto], found: &mut BTreeMap<String, String>) {
    for item in enums {
        for value in &item.value {
            found.insert(format!("{scope}.{} value {}", item.name(), value.number()), value.name().into());
        }
    }
}

/// What the baseline promised and the present no longer keeps.
fn broken(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    before
        .iter()
        .filter(|(path, promise)| now.get(*path) != Some(promise))
        .map(|(path, promise)| format!("{path}: was `{promise}`, is {:?}", now.get(path)))
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the switch that records a new baseline")]
fn every_promise_of_the_baseline_is_kept_and_every_new_one_recorded() {
    let now = promises(&FileDescriptorSet::decode(messages::DESCRIPTORS).expect("our own descriptors"));
    let recorded = std::fs::read(BASELINE).unwrap_or_default();
    let before = promises(&FileDescriptorSet::decode(&*recorded).expect("the baseline"));
    assert_eq!(broken(&before, &now), Vec::<String>::new(), "readers of released messages would break");
    if std::env::var("UPDATE_BASELINE").is_ok() {
        std::fs::write(BASELINE, messages::DESCRIPTORS).expect("the baseline is writable");
    } else {
        assert_eq!(
            broken(&now, &before),
            Vec::<String>::new(),
            "run UPDATE_BASELINE=1 cargo test -p messages"
        );
    }
}

#[test]
fn a_renumbered_a_retyped_and_a_removed_field_are_noticed() {
    let mut set = FileDescriptorSet::decode(messages::DESCRIPTORS).expect("our own descriptors");
    let before = promises(&set);
    let message = &mut set.file[0].message_type[0];
    message.field[0].number = Some(900);
    message.field[1].set_type(prost_types::field_descriptor_proto::Type::String);
    message.field.remove(2);
    assert_eq!(broken(&before, &promises(&set)).len(), 3);
}
