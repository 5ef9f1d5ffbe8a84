//! The door dies with a guest in front of it.

use super::*;

/// The phone gets no answer and asks again with the same nonce. `committed` says how many had entered by then.
async fn killed_at(point: &str, committed: i64) -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let (_, order) = Guest::new(&stack)?.buy(&event, 2).await?;
    audit::holds(&stack).await;
    arm(&mut stack, Service::Scanner, point).await?;
    let door = Door::open(&stack, &event).await?;
    let code = &codes(&order)[0];
    let body = door.body(code, "nonce-of-a-lost-answer");
    let lost = door.post(&body).await;
    assert!(lost.map_or(true, |answer| !answer.status().is_success()), "the answer is lost");
    dies(&mut stack, Service::Scanner).await;
    let entries = "select count(*) as sum from scanner.entries";
    assert_eq!(audit::count(&stack, entries).await?, committed);
    stack.start_service(Service::Scanner).await?;
    for turn in 0..2 {
        let again: Value = door.post(&body).await?.error_for_status()?.json().await?;
        assert_eq!(again["decision"], "admit", "who was let in stays let in, turn {turn}: {again}");
    }
    assert_eq!(audit::count(&stack, entries).await?, 1, "and was let in once");
    assert_eq!(
        door.scan(code).await?["reason"],
        "already_inside",
        "a second guest with the same code is not"
    );
    assert_eq!(door.inside().await?, 1);
    audit::holds(&stack).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_killed_before_it_commits_admits_when_asked_again() -> Result<()> {
    killed_at("S1", 0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_killed_between_commit_and_answer_gives_the_same_answer_again() -> Result<()> {
    killed_at("S2", 1).await
}
