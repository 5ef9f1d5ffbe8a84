//! The door's database is put back to a time before the guests came in: the phone notices, and tells it of them.

use super::*;

/// What a backup from before the first guest would have left.
const BEFORE: &str = "delete from scanner.entries; delete from scanner.scans; delete from scanner.exits;
    update scanner.occupancy set inside = 0; update scanner.door_marks set mark = 0";

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_was_put_back_to_an_earlier_time_hears_again_who_came_in() -> Result<()> {
    let (mut club, event, codes) = sold(2).await?;
    let phone = phone_at(&club, &event).await?;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[1], "admit").await?, "Admitted");
    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    let inside = "select inside as sum from scanner.occupancy";
    assert_eq!(count(&club, inside).await, Some(2));
    until("the phone has met the club", PATIENCE, || async {
        let script = "return localStorage.getItem('door-house') !== null";
        let met = phone.driver().execute(script, vec![]).await.ok()?;
        (met.json() == &json!(true)).then_some(())
    })
    .await;

    audit::change(&club.stack, BEFORE).await?;
    phone.read("put back to an earlier time").await;
    until("the club knows who is inside", PATIENCE, || async {
        (count(&club, inside).await? == 2).then_some(())
    })
    .await;
    waits(&phone, "0").await;
    let entries = "select count(*) as sum from scanner.entries where is_primary";
    assert_eq!(count(&club, entries).await, Some(2), "who was let in by the club, and who by the phone");
    assert_eq!(count(&club, "select count(*) as sum from scanner.conflicts").await, Some(0));
    for code in &codes {
        assert_eq!(scan(&phone, code, "deny").await?, "Already inside");
    }
    phone.close().await
}
