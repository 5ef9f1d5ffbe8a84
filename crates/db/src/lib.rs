#![doc = include_str!("../README.md")]

mod connect;
mod error;
mod guest;
mod instrument;
mod kept;
mod listen;
pub mod migrations;
mod owner;
mod pool;
mod pulse;
mod settings;
pub mod testing;
mod transaction;
mod urgent;

pub use crate::error::DbError;
pub use crate::guest::{Seen, as_guest};
pub use crate::kept::{Keep, Kept};
pub use crate::listen::{Listener, Wake};
pub use crate::owner::Owner;
pub use crate::pool::{Connection, Db, PoolStatus};
pub use crate::settings::DbSettings;
pub use crate::transaction::{Work, look_up, take_time};
pub use crate::urgent::urgently;

/// What a store's functions take: one connection, in or out of a transaction.
pub type Conn = diesel_async::AsyncPgConnection;
