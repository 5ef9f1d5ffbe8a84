//! A list has an end: from then on the phone verifies nothing by it, and says so.

use super::*;

/// A day is longer than any night and the twelve hours for which its list outlives it.
pub const TOMORROW: &str = "const real = Date.now; Date.now = () => real.call(Date) + 24 * 60 * 60 * 1000;";

#[tokio::test(flavor = "multi_thread")]
async fn a_list_whose_time_is_over_lets_nobody_in() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    until("the phone knows that it has no network", PATIENCE, || async {
        (status(&phone, "online").await? == "no").then_some(())
    })
    .await;
    phone.driver().execute(TOMORROW, vec![]).await?;
    until("the list is gone", PATIENCE, || async { (status(&phone, "list").await? == "no").then_some(()) })
        .await;
    phone.read("the list of this night is over").await;
    assert_eq!(scan(&phone, &codes[0], "unsure").await?, "Not confirmed", "neither yes nor no");
    club.picture(&phone, "door-list-over").await?;
    assert_eq!(status(&phone, "waits").await.as_deref(), Some("0"), "it has decided nothing");

    // The scan goes on asking: with the network it is answered, by the club's clock.
    club.stack.mend_network().await?;
    phone.see("#verdict[data-tone=admit]").await?;
    assert_eq!(count(&club, "select count(*) as sum from scanner.entries").await, Some(1));
    phone.close().await
}
