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

/// A phone reports a night: the first part of it is in, the rest is not, and the phone hears nothing. It sends all of it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_killed_in_the_middle_of_a_report_takes_the_rest_when_it_is_sent_again() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let (_, order) = Guest::new(&stack)?.buy(&event, 2).await?;
    audit::holds(&stack).await;
    arm(&mut stack, Service::Scanner, "S3").await?;
    let door = Door::open(&stack, &event).await?;
    let codes = codes(&order);
    let mut scans = vec![door.decided(&codes[0], "nonce-first", "admit", "ok")];
    scans.extend((0..60).map(|n| door.decided("not a ticket", &format!("nonce-{n}"), "deny", "malformed")));
    scans.push(door.decided(&codes[1], "nonce-last", "admit", "ok"));
    let lost = door.report(&scans).await;
    assert!(lost.map_or(true, |answer| !answer.status().is_success()), "the answer is lost");
    dies(&mut stack, Service::Scanner).await;
    let (entries, all) =
        ("select count(*) as sum from scanner.entries", "select count(*) as sum from scanner.scans");
    assert_eq!(audit::count(&stack, entries).await?, 1, "the first part is in");
    stack.start_service(Service::Scanner).await?;
    for turn in 0..2 {
        let answer: Value = door.report(&scans).await?.error_for_status()?.json().await?;
        let results = answer["results"].as_array().map_or(0, Vec::len);
        assert_eq!(results, scans.len(), "each is answered, turn {turn}");
        assert_eq!(answer["results"][0]["outcome"], "repeated", "turn {turn}");
        let last = if turn == 0 { "recorded" } else { "repeated" };
        assert_eq!(answer["results"][61]["outcome"], last, "turn {turn}");
    }
    assert_eq!((audit::count(&stack, entries).await?, audit::count(&stack, all).await?), (2, 62));
    assert_eq!(door.inside().await?, 2);
    audit::holds(&stack).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_killed_while_it_makes_a_list_makes_it_when_asked_again() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let (_, _) = Guest::new(&stack)?.buy(&event, 2).await?;
    audit::holds(&stack).await;
    arm(&mut stack, Service::Scanner, "S5").await?;
    let door = Door::open(&stack, &event).await?;
    assert!(door.manifest().await.is_err(), "the answer is lost");
    dies(&mut stack, Service::Scanner).await;
    stack.start_service(Service::Scanner).await?;
    let (signature, list) = door.manifest().await?;
    assert!(!signature.is_empty());
    assert_eq!(list["tickets"].as_array().map_or(0, Vec::len), 2, "{list}");
    Ok(())
}
