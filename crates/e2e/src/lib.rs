#![doc = include_str!("../README.md")]

pub mod audit;
pub mod browser;
pub mod camera;
pub mod desk;
pub mod door;
pub mod floor;
pub mod guest;
pub mod sandbox;
pub mod session;
pub mod wait;
