//! Permissions as types, so that a handler's arguments say what it needs: `Staff<can::DoorScan>`.

use domain::permission::Permission;

/// A permission as a type.
pub trait Can: 'static {
    /// The permission, or none if being signed in is enough.
    const PERMISSION: Option<Permission>;
}

macro_rules! markers {
    ($($name:ident),* $(,)?) => {$(
        #[doc = concat!("Needs [`Permission::", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl Can for $name {
            const PERMISSION: Option<Permission> = Some(Permission::$name);
        }
    )*};
}

markers!(
    EventsRead,
    EventsWrite,
    EventsPublish,
    EventsCancel,
    OrdersRead,
    RefundsMake,
    DisputeMarksClear,
    PromosRead,
    PromosWrite,
    BoxOfficeSell,
    CompsIssue,
    WaitingRoomSwitch,
    FiguresRead,
    SettlementsSign,
    EmailsRead,
    EmailsRetry,
    DeadLettersRead,
    DeadLettersReplay,
    DoorScan,
    DoorSupervise,
    StaffManage,
);

/// Needs a valid session for this service and no permission: the own page, the sign-out.
#[derive(Debug, Clone, Copy)]
pub struct Anything;
impl Can for Anything {
    const PERMISSION: Option<Permission> = None;
}
