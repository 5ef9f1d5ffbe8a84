#![doc = include_str!("../README.md")]

pub mod marketing_admin;
pub mod purchase;
