//! What may wait for payment of guests of one network.

use super::*;

/// Whether a guest of its own, at an address, is held so many places.
fn holds(counter: &mut Counter, client: &str, kind: TicketTypeId, quantity: u32) -> bool {
    let key = uuid::Uuid::now_v7().to_string();
    let mut wish = request(&key, kind, quantity);
    wish.buyer.email = format!("{key}@example.org");
    wish.client = Some(client.into());
    match counter.decide(&wish, now()) {
        Decision::Take(_) => true,
        Decision::Refuse(Refusal::TooManyOpen) => false,
        other => panic!("neither held nor refused for what is open: {other:?}"),
    }
}

#[test]
fn a_network_may_have_what_a_few_addresses_have_and_never_more_than_half() {
    let usual = OpenLimits::default();
    for (capacity, most) in [(2000, 1000), (500, 250), (300, 150), (100, 50), (10, 5), (1, 0)] {
        assert_eq!(usual.of_network(capacity), most, "{capacity}");
    }
    let two = OpenLimits { addresses: 2, ..usual };
    assert_eq!([2000, 200, 100].map(|capacity| two.of_network(capacity)), [800, 100, 50]);
    let one = OpenLimits { addresses: 1, ..usual };
    assert_eq!(one.of_network(2000), one.of_address(2000), "no less than an address");
    let of_a_campus = OpenLimits { share: 60, ..usual };
    assert_eq!(of_a_campus.of_network(2000), 1200, "nor where that is more than half");
    assert_eq!(OpenLimits { share: 100, ..usual }.of_network(60), 60, "switched off");
}

/// Twenty homes of one provider's customer, five tickets each; the control, without the limits, holds all there is.
#[test]
fn who_has_a_network_holds_half_from_however_many_addresses() {
    let usual = OpenLimits::default();
    for (limits, homes) in [(usual, 10), (OpenLimits { share: 100, ..usual }, 20)] {
        let (mut counter, _, kind) = counter(100);
        counter.limits = limits;
        let held = (0..20).filter(|n| holds(&mut counter, &format!("2001:db8:1:{n}::"), kind, 5)).count();
        assert_eq!(held, homes, "{limits:?}");
        if counter.left[&kind.uuid()] > 0 {
            assert!(holds(&mut counter, "2001:db8:2:1::", kind, 5), "another network is served");
            assert!(!holds(&mut counter, "2001:db8:1:77::", kind, 1), "and this one is full");
        }
    }
}

#[test]
fn a_carriers_network_has_more_than_one_of_its_addresses() {
    let (mut counter, _, kind) = counter(300);
    let held =
        |counter: &mut Counter, client: &str| (0..40).filter(|_| holds(counter, client, kind, 2)).count();
    assert_eq!(held(&mut counter, "192.0.2.7"), 30, "sixty tickets");
    assert_eq!(held(&mut counter, "192.0.2.8"), 30);
    assert_eq!(held(&mut counter, "192.0.2.9"), 15, "half of three hundred");
    assert_eq!(held(&mut counter, "192.0.2.10"), 0);
    assert_eq!(held(&mut counter, "192.0.3.7"), 30, "the carrier's next one");
}

#[test]
fn what_waited_before_the_batch_counts_and_a_network_is_not_its_first_address() {
    let (mut counter, event, kind) = counter(100);
    let other = offered(&mut counter, event, 100, TypeTerms::default());
    counter.open_of_network.insert(("192.0.2.0".into(), kind.uuid()), 48);
    assert!(!holds(&mut counter, "192.0.2.0", kind, 3), "its network has fifty");
    assert!(holds(&mut counter, "192.0.2.0", kind, 2), "the address itself has none yet");
    assert!(!holds(&mut counter, "192.0.2.9", kind, 1));
    assert!(holds(&mut counter, "192.0.2.9", other, 6), "of another stock nothing waits");
}
