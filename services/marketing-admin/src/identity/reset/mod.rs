//! A new password: by a mailed link for who forgot the old one, and by a form for who is signed in.

pub mod ask;
pub mod change;
pub mod choose;
mod set;
