//! The club's public face: the nights, and each night's page. Everyone may see it, caches may keep it for some seconds, and
//! nothing on it is about the reader. It shows published events only; buying is on the ticket site.

pub mod card;
pub mod event;
pub mod nights;
pub mod page;
pub mod poster;
