//! How many pages may be told what changes, in all and by network address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use web::{ClientAddress, Fault};

use super::open;

/// When a page that found no place may ask again.
const FULL_FOR: Duration = Duration::from_secs(30);
/// Pages that one network address may keep open, where a tenth of all is less: a mobile network is one address to many.
const OF_ADDRESS: usize = 20;

/// How many may listen, and who does.
#[derive(Debug)]
pub(super) struct Seats {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<ClientAddress, usize>,
}

/// A listener's place, free again when the connection ends.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    from: ClientAddress,
}

impl Seats {
    pub(super) fn new(most: usize) -> Self {
        Self { most, taken: Mutex::default() }
    }

    /// A place for a page at this address; 503 if there is none.
    pub(super) fn take(seats: &Arc<Self>, from: &ClientAddress) -> Result<Seat, Fault> {
        let mut taken = open(&seats.taken);
        let here = taken.by_address.get(from).copied().unwrap_or(0);
        if taken.all >= seats.most || here >= OF_ADDRESS.max(seats.most / 10) {
            return Err(Fault::unavailable().retry_after(FULL_FOR));
        }
        taken.all += 1;
        taken.by_address.insert(from.clone(), here + 1);
        drop(taken);
        Ok(Seat { seats: seats.clone(), from: from.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = open(&self.seats.taken);
        taken.all = taken.all.saturating_sub(1);
        let here = taken.by_address.get(&self.from).map_or(0, |here| here.saturating_sub(1));
        if here == 0 {
            taken.by_address.remove(&self.from);
        } else {
            taken.by_address.insert(self.from.clone(), here);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back_and_one_address_can_not_take_them_all() {
        let seats = Arc::new(Seats::new(300));
        let of = |text: &str| ClientAddress::passed_on(Some(text));
        let (crowd, guest) = (of("192.0.2.1"), of("192.0.2.2"));
        let mut seated: Vec<Seat> = (0..30).map(|_| Seats::take(&seats, &crowd).expect("a place")).collect();
        assert_eq!(Seats::take(&seats, &crowd).expect_err("a tenth").status(), 503);
        let other = Seats::take(&seats, &guest).expect("a place for somebody else");
        seated.pop();
        seated.push(Seats::take(&seats, &crowd).expect("the place that came free"));
        drop((seated, other));
        let taken = open(&seats.taken);
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }
}
