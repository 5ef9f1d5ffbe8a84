use super::*;

const PACE: Pace = Pace { opens_above: 10, per_minute: 180, turn: TimeDelta::minutes(10) };

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn rush(waiting: i64) -> Line {
    let mut line = Line::new(at(0));
    assert!(line.step(51, PACE, Switch::Automatic, at(0)).opened);
    line.handed_out += waiting;
    line
}

#[test]
fn it_opens_when_more_come_than_the_club_allows_and_not_before() {
    let mut line = Line::new(at(0));
    assert!(!line.step(50, PACE, Switch::Automatic, at(1)).opened, "five seconds' worth");
    assert!(!line.step(50, PACE, Switch::Automatic, at(6)).opened, "the next five seconds");
    assert!(line.step(1, PACE, Switch::Automatic, at(7)).opened);
    let never = Pace { opens_above: 0, ..PACE };
    assert!(!Line::new(at(0)).step(1_000_000, never, Switch::Automatic, at(0)).opened);
}

#[test]
fn it_admits_in_order_at_its_rate_however_often_it_is_asked() {
    let (mut rare, mut often) = (rush(100), rush(100));
    for second in 1..=10 {
        rare.step(0, PACE, Switch::Automatic, at(second));
    }
    for tenth in 1..=100 {
        often.step(0, PACE, Switch::Automatic, at(0) + TimeDelta::milliseconds(tenth * 100));
    }
    assert_eq!(rare.admitted, 30);
    assert!((28..=30).contains(&often.admitted), "{}", often.admitted);
    assert_eq!(rare.standing(30), Standing::Admitted);
    assert_eq!(rare.standing(31), Standing::Waits { before: 0 });
}

#[test]
fn neither_quiet_time_nor_an_outage_is_saved_up() {
    let mut line = rush(0);
    line.step(0, PACE, Switch::Automatic, at(30));
    line.handed_out = 100;
    line.step(0, PACE, Switch::Automatic, at(31));
    assert_eq!(line.admitted, 3);
    line.step(0, PACE, Switch::Automatic, at(3600));
    assert_eq!(line.admitted, 18, "five seconds' worth");
    line.step(0, PACE, Switch::Automatic, at(3500));
    assert_eq!(line.admitted, 18, "a clock that goes backwards admits nobody");
}

#[test]
fn a_turn_ends_and_so_does_a_quiet_room() {
    let mut line = rush(3);
    line.step(0, PACE, Switch::Automatic, at(1));
    assert_eq!(line.standing(1), Standing::Admitted);
    line.handed_out = 10_000;
    for second in 2..700 {
        line.step(0, PACE, Switch::Automatic, at(second));
    }
    assert_eq!(line.standing(1), Standing::Over);
    assert_eq!(line.standing(2000), Standing::Admitted);
    line.handed_out = line.admitted;
    assert!(!line.step(0, PACE, Switch::Automatic, at(700)).closed);
    assert!(line.step(0, PACE, Switch::Automatic, at(760)).closed);
    assert!(line.step(51, PACE, Switch::Automatic, at(761)).opened);
    assert_eq!(line.standing(2000), Standing::Over, "a place of the last rush");
}

#[test]
fn the_estimate_is_people_by_rate() {
    assert_eq!((PACE.wait(0), PACE.wait(2), PACE.wait(3), PACE.wait(299)), (1, 1, 2, 100));
}

#[test]
fn the_club_opens_it_holds_it_open_and_closes_it() {
    let mut line = Line::new(at(0));
    assert!(line.step(0, PACE, Switch::Open, at(0)).opened, "nobody has arrived yet");
    assert!(!line.step(0, PACE, Switch::Open, at(600)).closed, "however quiet it is");
    line.handed_out = 100;
    assert_eq!(line.step(0, PACE, Switch::Open, at(601)).admitted, 3);
    assert!(line.step(0, PACE, Switch::Closed, at(602)).closed, "though many wait");
    assert_eq!(line.step(1_000_000, PACE, Switch::Closed, at(603)), Step::default());
    assert!(line.step(0, PACE, Switch::Open, at(604)).opened);
    assert_eq!(line.standing(100), Standing::Over, "a place of before");
    line.step(0, PACE, Switch::Automatic, at(605));
    assert!(line.step(0, PACE, Switch::Automatic, at(670)).closed, "by itself again");
}

#[test]
fn a_night_may_let_in_fewer_and_those_come_in() {
    let slow = PACE.under(Rule { per_minute: Some(2), ..Rule::default() });
    assert_eq!(PACE.under(Rule::default()), PACE);
    let mut line = rush(10);
    for second in 1..=61 {
        line.step(0, slow, Switch::Automatic, at(second));
    }
    assert_eq!((line.admitted, line.waiting()), (2, 8));
    line.step(0, slow, Switch::Automatic, at(3600));
    assert_eq!(line.admitted, 3, "an hour that nobody reckoned is one guest");
    assert_eq!((slow.wait(0), slow.wait(3)), (30, 120));
}

#[test]
fn its_speed_is_what_it_did_lately() {
    let mut line = rush(1000);
    for second in 1..=120 {
        line.step(0, PACE, Switch::Automatic, at(second));
    }
    assert_eq!(line.speed(at(120)), 180);
    line.handed_out = line.admitted;
    for second in 121..=170 {
        line.step(0, PACE, Switch::Automatic, at(second));
    }
    assert!(line.speed(at(170)) < 60, "{}", line.speed(at(170)));
    assert!(line.step(0, PACE, Switch::Automatic, at(200)).closed);
    assert_eq!(line.speed(at(200)), 0);
}

#[test]
fn a_switch_is_known_by_its_code() {
    for switch in Switch::ALL {
        assert_eq!(switch.code().parse(), Ok(switch));
    }
    assert_eq!("ajar".parse::<Switch>(), Err(UnknownSwitch));
}
