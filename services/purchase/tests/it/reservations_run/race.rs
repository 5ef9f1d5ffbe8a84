//! Staff at two desks, and a door: at the same moment. Each with the same run without what keeps them apart, which must break.

use serde_json::{Value, json};

use super::{FIRST, SECOND, THIRD, VALID, act, all_is_well, ask, booked, checked_in, house};
use crate::stage::Stage;

const ROUNDS: usize = 5;

/// Two parties are moved to one free table at once; says how often one was, and how often both were.
async fn two_moves(stage: &Stage) -> (usize, usize) {
    let (one, other) = (booked(stage, FIRST, 3).await, booked(stage, THIRD, 2).await);
    let (mut alone, mut both) = (0, 0);
    for _ in 0..ROUNDS {
        let wish = || json!({"table": stage.kind(SECOND), "keep_minimum": true});
        let answers = tokio::join!(ask(stage, one.id, "move", wish()), ask(stage, other.id, "move", wish()));
        let moved: Vec<u16> = [&answers.0, &answers.1].map(|(status, _)| *status).to_vec();
        match moved.iter().filter(|status| **status == 200).count() {
            1 => alone += 1,
            2 => both += 1,
            _ => {}
        }
        // Each goes back where it came from.
        for (id, home, (status, _)) in [(one.id, FIRST, &answers.0), (other.id, THIRD, &answers.1)] {
            if *status == 200 {
                let (status, back) = ask(stage, id, "move", json!({"table": stage.kind(home)})).await;
                assert_eq!(status, 200, "{back}");
            }
        }
    }
    (alone, both)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_moves_to_one_table_one_is_made() {
    let stage = house().await;
    assert_eq!(two_moves(&stage).await, (ROUNDS, 0));
    all_is_well(&stage).await;
}

/// The table looks free to everybody, and the database minds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_moves_two_parties_to_one_table() {
    let stage = house().await;
    let table = stage.kind(SECOND);
    stage
        .sql(&format!(
            "ALTER TABLE reserved_tables DROP CONSTRAINT reserved_tables_one_live;
             CREATE OR REPLACE FUNCTION reserved_tables_begin() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW.live := false; RETURN NEW; END $$;
             CREATE FUNCTION looks_free() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW.held := 0; NEW.sold := 0; RETURN NEW; END $$;
             CREATE TRIGGER looks_free BEFORE UPDATE ON stock FOR EACH ROW WHEN (NEW.id = '{table}')
               EXECUTE FUNCTION looks_free()"
        ))
        .await;
    let (one, other) = (booked(&stage, FIRST, 3).await, booked(&stage, THIRD, 2).await);
    let wish = || json!({"table": table});
    let answers = tokio::join!(ask(&stage, one.id, "move", wish()), ask(&stage, other.id, "move", wish()));
    assert_eq!((answers.0.0, answers.1.0), (200, 200), "the race is no test: {answers:?}");
    let crowded = format!("SELECT count(*) FROM reserved_tables WHERE table_id = '{table}'");
    assert_eq!(stage.count(&crowded).await, 2);
}

/// Parties that are here and have no pass, or are not and have one.
const TORN: &str = "SELECT count(*) FROM reservations r WHERE (r.state = 'checked_in') <>
    EXISTS (SELECT FROM tickets t WHERE t.order_id = r.order_id AND t.state = 'valid')";

fn off() -> Value {
    json!({"refund": "none", "reason": "nobody comes"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_is_called_off_or_here() {
    let stage = house().await;
    for table in [FIRST, SECOND, THIRD] {
        let table = booked(&stage, table, 2).await;
        let (answer, _) = tokio::join!(ask(&stage, table.id, "cancel", off()), checked_in(&stage, table.id));
        assert!(matches!(answer.0, 200 | 409), "{answer:?}");
        let here =
            format!("SELECT count(*) FROM reservations WHERE id = '{}' AND state = 'checked_in'", table.id);
        assert_eq!(
            stage.count(&here).await == 1,
            answer.0 == 409,
            "the desk is told how it ended: {answer:?}"
        );
        assert_eq!(stage.count(TORN).await, 0);
    }
    all_is_well(&stage).await;
}

/// A check-in that does not look at what the reservation is.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_lets_a_party_in_that_was_called_off() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    let blind = format!(
        "UPDATE reservations SET state = 'checked_in', checked_in_at = now() WHERE id = '{}'",
        table.id
    );
    assert_eq!(ask(&stage, table.id, "cancel", off()).await.0, 200);
    stage.sql(&blind).await;
    assert_eq!(stage.count(TORN).await, 1, "the race is no test");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_is_one_command() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    let wish = json!({"party": 5});
    let answers = tokio::join!(
        act(&stage, table.id, "party", "twice", &wish),
        act(&stage, table.id, "party", "twice", &wish)
    );
    assert_eq!(answers.0, answers.1);
    assert_eq!((answers.0.0, stage.count(VALID).await), (200, 5));
    let rows = "SELECT count(*) FROM audit_log WHERE action = 'reservation.party'";
    assert_eq!(stage.count(rows).await, 1);
    all_is_well(&stage).await;
}
