#![doc = include_str!("../README.md")]

pub mod subjects;
mod wire;

pub use subjects::{Stream, Subject};

/// Messages of marketing-admin.
pub mod marketing_admin {
    /// First version; fields are only ever added.
    #[expect(missing_docs, reason = "generated; each field is described in proto/")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/maguey.marketing_admin.v1.rs"));
    }
}
/// Messages of purchase.
pub mod purchase {
    /// First version; fields are only ever added.
    #[expect(missing_docs, reason = "generated; each field is described in proto/")]
    #[expect(clippy::large_enum_variant, reason = "generated; a wish for a mail lives for one mail")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/maguey.purchase.v1.rs"));
    }
}
/// Messages of scanner.
pub mod scanner {
    /// First version; fields are only ever added.
    #[expect(missing_docs, reason = "generated; each field is described in proto/")]
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/maguey.scanner.v1.rs"));
    }
}

pub use wire::{entries, entries_allowed, instant, millis};

/// The descriptors of the protos this crate was built from (a `FileDescriptorSet`).
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.binpb"));
