//! Several permissions.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Permission;

/// A set of permissions. In JSON the list of their codes; a code that this version does not know is nobody's permission here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u64);

const _: () = assert!(Permission::ALL.len() <= 64);

impl PermissionSet {
    /// Whether it holds a permission.
    pub const fn holds(self, permission: Permission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    /// Its permissions, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.holds(*permission))
    }

    /// Their codes.
    pub fn codes(self) -> Vec<&'static str> {
        self.iter().map(Permission::code).collect()
    }

    /// The permissions of these codes; unknown ones are left out.
    pub fn of_codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        codes.into_iter().filter_map(Permission::from_code).collect()
    }

    const fn bit(permission: Permission) -> u64 {
        1 << permission as u64
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | Self::bit(permission)))
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.codes().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let codes = Vec::<String>::deserialize(deserializer)?;
        Ok(Self::of_codes(codes.iter().map(String::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission, PermissionSet};

    #[test]
    fn a_set_holds_what_was_put_in_and_survives_its_text() {
        let set: PermissionSet = [Permission::DoorScan, Permission::KeysRotate].into_iter().collect();
        assert_eq!(set.codes(), ["door.scan", "keys.rotate"]);
        assert!(!set.holds(Permission::DoorSupervise));
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(serde_json::from_str::<PermissionSet>(&text).unwrap(), set);
        let strange = r#"["door.scan","moon.walk"]"#;
        assert_eq!(serde_json::from_str::<PermissionSet>(strange).unwrap().codes(), ["door.scan"]);
    }
}
