//! The box office: staff sell tickets at the venue, in cash or by card, and give tickets away. The desk asks ([`page`], [`sell`], and [`total`] while somebody chooses);
//! the ticket site decides and issues ([`purchase`]): the same stock and the same prices as for everybody. The form carries a
//! key, so that a double click is one order.

pub mod page;
pub mod purchase;
pub mod sell;
pub mod total;
