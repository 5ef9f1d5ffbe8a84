//! What holds at every door, whatever stands in the way.

use super::*;
use proptest::prelude::*;

/// A door with anything in its way, each drawn by itself.
fn any_door() -> impl Strategy<Value = (Door, bool)> {
    let ticket = (0_usize..6, any::<bool>(), any::<bool>(), any::<bool>(), (-3_i64..9, 0_i64..9));
    let stay = (0_u16..3, any::<bool>(), proptest::option::of(1_u16..4));
    // Whether the type's codes move, and how many steps ago this one was to be shown.
    let shown = (any::<bool>(), proptest::option::of(-3_i64..5));
    let scan = (-3_i64..9, 0_u8..6, any::<bool>());
    (ticket, stay, shown, scan).prop_map(|(ticket, stay, (rotating, shown), (hour, fault, full))| {
        let (status, banned, same_zone, same_event, (begins, cut_off)) = ticket;
        let (entries, inside, allowed) = stay;
        let mut door = Door::open();
        door = match (entries, inside) {
            (0, _) => door,
            (_, true) => door.used(),
            (entries, false) => door.out(entries),
        };
        let (from, until) = (door.now + TimeDelta::hours(begins), door.now + TimeDelta::hours(cut_off));
        let record = door.ticket();
        record.status = TicketStatus::ALL[status];
        record.banned = banned;
        record.entries_allowed = allowed;
        record.rotating = rotating;
        record.admit_from = Some(from);
        record.admit_until = Some(until);
        if !same_zone {
            door.gate.zone = ZoneId::generate();
        }
        if !same_event {
            door.gate.event = EventId::generate();
        }
        door.now += TimeDelta::hours(hour);
        door.full = full;
        door = door.showing(shown.map(|steps| steps * i64::from(Step::SECONDS)));
        if let Some(error) = error(fault) {
            door.code = Err(error);
        }
        let out = entries == 0 || (!inside && allowed.is_none_or(|most| entries < most));
        // The cut-off is for the first entry; the doors' window is for all.
        let over = if entries == 0 { 6_i64.min(cut_off) } else { 6 };
        let in_time = ((-1_i64).max(begins)..over).contains(&hour);
        let ours = same_event && fault == 0;
        let fresh = !rotating || shown.is_some_and(|steps| (-1..=2).contains(&steps));
        let right = status == 0 && !banned && same_zone && ours && in_time && fresh && out && !full;
        (door, right)
    })
}

const fn error(fault: u8) -> Option<CodeError> {
    match fault {
        1 => Some(CodeError::Malformed),
        2 => Some(CodeError::Forged),
        3 => Some(CodeError::UnknownKey),
        4 => Some(CodeError::OtherMode(Mode::Test)),
        5 => Some(CodeError::OtherMode(Mode::Live)),
        _ => None,
    }
}

proptest! {
    /// Whatever is wrong, nobody enters who is not in order in every respect.
    #[test]
    fn only_a_ticket_in_order_enters((door, right) in any_door()) {
        prop_assert_eq!(door.verdict().decision == Decision::Admit, right);
    }

    /// Who is inside gets out by the door they came in, whatever became of the ticket, the hour or the house.
    #[test]
    fn only_where_one_is_matters_for_leaving((door, _) in any_door()) {
        let door = door.leaving();
        let inside = matches!(door.admission.as_ref().map(|a| &a.stay), Some(Stay::Inside(_)));
        let here = door.admission.as_ref().is_some_and(|a| a.zone == door.gate.zone);
        let ours = door.code.as_ref().is_ok_and(|code| code.event == door.gate.event);
        prop_assert_eq!(door.verdict().decision == Decision::Admit, inside && here && ours);
    }

    /// An earlier scan is shown with the reasons that are about it, and with no other.
    #[test]
    fn an_earlier_scan_is_told_where_it_is_the_reason((door, _) in any_door()) {
        let verdict = door.verdict();
        let about_it = matches!(verdict.reason, Reason::AlreadyInside | Reason::NoReentry);
        prop_assert_eq!(verdict.first_scan.is_some(), about_it);
    }

    /// A house that is full keeps out those alone who would have come in.
    #[test]
    fn a_full_house_changes_no_other_answer((mut door, _) in any_door()) {
        door.full = false;
        let before = door.reason();
        door.full = true;
        let after = door.reason();
        prop_assert_eq!(after, if before == Reason::Ok { Reason::Full } else { before });
    }
}
