//! Any interleaving of hold, pay, expire, refund, transfer and change of tier, against a model small enough to be seen through:
//! every answer is the one the model expects, and at the end counts, prices and money are the same and no check of the audit
//! finds anything. And the proof that it can fail: the same on a database that forgets one of its guards.
//!
//! A list that failed is kept in `proptest-regressions` and tried first from then on.

mod club;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use proptest::prelude::*;

use crate::stage::Stage;
use club::{Club, Command};

fn command() -> impl Strategy<Value = Command> {
    let nth = 0..8_usize;
    let tier = (0..2_usize, prop_oneof![Just(1000_i64), Just(1200)], 1..6_i64);
    prop_oneof![
        6 => (0..2_usize, 1..4_u32).prop_map(|(kind, quantity)| Command::Hold { kind, quantity }),
        4 => nth.clone().prop_map(Command::Pay),
        2 => nth.clone().prop_map(Command::Expire),
        2 => nth.clone().prop_map(Command::PayAtTheEnd),
        2 => nth.clone().prop_map(Command::GiveBack),
        2 => nth.clone().prop_map(Command::GiveBackOne),
        2 => nth.prop_map(Command::PassOn),
        2 => proptest::option::of(tier).prop_map(Command::Tier),
        1 => (1..10_i64).prop_map(Command::Capacity),
    ]
}

proptest! {
    // Each case is a database, a service and a sandbox of its own, and each command a few requests: eight are what a test may take.
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_leaves_places_tickets_and_money_as_the_model_has_them(
        commands in proptest::collection::vec(command(), 6..14)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(Box::pin(async {
            let stage = Stage::open().await;
            Box::pin(played(&stage, &commands)).await;
        }));
    }
}

/// Plays the commands on a club of 8 places and 4 free ones, and holds what came of them against the model.
async fn played(stage: &Stage, commands: &[Command]) {
    let mut club = Club::open(stage).await;
    for command in commands {
        Box::pin(club.play(command)).await;
    }
    Box::pin(club.agrees()).await;
}

/// What every guard below is there for is in here.
const EVERYTHING: [Command; 7] = [
    Command::Hold { kind: 0, quantity: 3 },
    Command::Pay(0),
    Command::Hold { kind: 0, quantity: 3 },
    Command::Hold { kind: 0, quantity: 3 },
    Command::Expire(0),
    Command::PassOn(0),
    Command::GiveBackOne(0),
];

/// Databases without one of their guards, and with what it is there to stop.
const UNGUARDED: [(&str, &str); 4] = [
    ("nothing is taken out", "SELECT"),
    (
        "a hold that is not counted",
        "ALTER TABLE stock DROP CONSTRAINT stock_never_oversold;
         CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.held := least(NEW.held, OLD.held); RETURN NEW; END $$;
         CREATE TRIGGER spoil BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION spoil()",
    ),
    (
        "a ticket that is issued twice",
        "DROP INDEX tickets_once_per_place;
         CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
           INSERT INTO purchase.tickets SELECT (jsonb_populate_record(NEW, jsonb_build_object('id', gen_random_uuid()))).*;
           RETURN NULL; END $$;
         CREATE TRIGGER spoil AFTER INSERT ON tickets FOR EACH ROW WHEN (NEW.ordinal = 1) EXECUTE FUNCTION spoil()",
    ),
    (
        "an entry that is a cent too much",
        "DROP TRIGGER ledger_entries_balance ON ledger_entries;
         DROP TRIGGER ledger_transactions_balance ON ledger_transactions;
         CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.amount_minor := NEW.amount_minor + 1; RETURN NEW; END $$;
         CREATE TRIGGER spoil BEFORE INSERT ON ledger_entries FOR EACH ROW WHEN (NEW.position = 0)
           EXECUTE FUNCTION spoil()",
    ),
];

/// The control run.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_guard_the_model_and_the_database_part_ways() {
    for (index, (what, unguarded)) in UNGUARDED.into_iter().enumerate() {
        let stage = Stage::open().await;
        stage.sql(unguarded).await;
        let played = AssertUnwindSafe(Box::pin(played(&stage, &EVERYTHING))).catch_unwind().await;
        assert_eq!(played.is_err(), index > 0, "{what}: the run is no test");
    }
}
