//! The desk through HTTP, on real PostgreSQL and NATS, with the sandbox as the email provider.

mod asked;
mod box_office;
mod dates;
mod dead_letters;
mod disputes;
mod emails;
mod events;
mod exports;
mod figures;
mod guest_list;
mod house;
mod identity;
mod neighbours;
mod new_dates;
mod orders;
mod overdue;
mod pages;
mod payouts;
mod promo_codes;
mod promos;
mod scans;
mod terms;
mod waiting_room;
mod waitlist;
mod wire;
