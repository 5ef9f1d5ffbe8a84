//! Permissions as types, so that a handler's arguments say what it needs: `Staff<can::DoorScan>`.

use std::marker::PhantomData;

use domain::permission::Permission;

/// A permission as a type.
pub trait Can: 'static {
    /// The permission, or none if being signed in is enough.
    const PERMISSION: Option<Permission>;
    /// Another one that is as good.
    const OTHERWISE: Option<Permission> = None;
    /// Whether the handler itself holds what is asked against the nights of a member who is bound to some. Otherwise the
    /// night must stand in the path as `event`, and a route without one is closed to them.
    const CHECKS_NIGHTS: bool = false;
}

/// Needs `P`; the handler asks [`crate::Staff::within`] for the night that it finds in the body, or shows the nights of its
/// caller alone.
#[derive(Debug, Clone, Copy)]
pub struct Within<P>(PhantomData<fn() -> P>);

impl<P: Can> Can for Within<P> {
    const PERMISSION: Option<Permission> = P::PERMISSION;
    const OTHERWISE: Option<Permission> = P::OTHERWISE;
    const CHECKS_NIGHTS: bool = true;
}

/// Needs `P` or `Q`, whichever somebody holds.
#[derive(Debug, Clone, Copy)]
pub struct Either<P, Q>(PhantomData<fn() -> (P, Q)>);

impl<P: Can, Q: Can> Can for Either<P, Q> {
    const PERMISSION: Option<Permission> = P::PERMISSION;
    const OTHERWISE: Option<Permission> = Q::PERMISSION;
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
    GuestListRun,
    ReservationsRun,
    GuestsExport,
    StaffManage,
    AuditRead,
    KeysRotate,
);

/// Needs a valid session for this service and no permission: the own page, the sign-out.
#[derive(Debug, Clone, Copy)]
pub struct Anything;
impl Can for Anything {
    const PERMISSION: Option<Permission> = None;
    const CHECKS_NIGHTS: bool = true;
}
