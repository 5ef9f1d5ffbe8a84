//! The gateway is really stopped: the phone decides by itself, and sends what it decided when there is a network again.

use super::*;

/// Of the tickets that the door knows.
const ENTRIES: &str =
    "select count(*) as sum from scanner.entries e join scanner.admissions a using (ticket_id)";

#[tokio::test(flavor = "multi_thread")]
async fn without_network_guests_come_in_once_and_the_club_hears_of_it_later() -> Result<()> {
    let (mut club, event, codes) = sold(2).await?;
    let phone = phone_at(&club, &event).await?;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    let unlisted = just_sold(&club, &event)?;

    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[1], "admit").await?, "Admitted");
    phone.read("Decided on this phone").await;
    club.picture(&phone, "door-offline-admitted").await?;
    for code in &codes {
        assert_eq!(scan(&phone, code, "deny").await?, "Already inside", "used with the network or without");
    }
    assert_eq!(scan(&phone, &unlisted, "caution").await?, "Admitted");
    phone.read("sold after this phone").await;
    club.picture(&phone, "door-unlisted").await?;
    assert_eq!(scan(&phone, &unlisted, "deny").await?, "Already inside");
    assert_eq!(scan(&phone, "SOMETHING ELSE ENTIRELY", "deny").await?, "Not a ticket");
    waits(&phone, "6").await;
    phone.click("#next").await?;
    phone.read("Offline").await;
    club.picture(&phone, "door-offline").await?;
    assert_eq!(count(&club, ENTRIES).await, Some(1), "nobody told the club yet");

    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    assert_eq!(count(&club, ENTRIES).await, Some(2));
    let told = "select count(*) as sum from scanner.scans where offline";
    assert_eq!(count(&club, told).await, Some(6), "nothing is dropped, also not what nobody knows");
    audit::holds(&club.stack).await;
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admission_without_network_is_taken_back_on_the_phone_and_the_ticket_lets_in_again() -> Result<()>
{
    let (mut club, event, codes) = sold(1).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "Already inside");
    phone.click("#next").await?;
    phone.see("#undo").await?;
    // The second tap is for sure.
    let twice = "const undo = document.getElementById('undo'); undo.click(); undo.click();";
    phone.driver().execute(twice, vec![]).await?;
    phone.read("Taken back").await;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted", "nobody came in with it");
    waits(&phone, "3").await;

    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    let entries = "select count(*) as sum from scanner.entries where annulled_at is null and is_primary";
    assert_eq!(count(&club, entries).await, Some(1));
    let undone = "select count(*) as sum from scanner.undos u join scanner.scans s on s.id = u.scan_id where s.offline";
    assert_eq!(count(&club, undone).await, Some(1));
    assert_eq!(count(&club, "select inside as sum from scanner.occupancy").await, Some(1));
    assert_eq!(count(&club, "select count(*) as sum from scanner.conflicts").await, Some(0));
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_without_network_is_taken_back_on_the_phone_and_the_guest_is_inside() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    // By script: the verdict stands over the buttons until it makes room by itself.
    phone.driver().execute("document.getElementById('exit').click();", vec![]).await?;
    scan(&phone, &codes[0], "leave").await?;
    phone.see("#undo").await?;
    let twice = "const undo = document.getElementById('undo'); undo.click(); undo.click();
        document.getElementById('entry').click();";
    phone.driver().execute(twice, vec![]).await?;
    phone.read("is inside again").await;
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "Already inside", "nobody left");
    waits(&phone, "3").await;

    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    let stays = "select count(*) as sum from scanner.entries where annulled_at is null and left_at is null";
    assert_eq!(count(&club, stays).await, Some(1));
    assert_eq!(count(&club, "select count(*) as sum from scanner.undos").await, Some(1));
    assert_eq!(count(&club, "select inside as sum from scanner.occupancy").await, Some(1));
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_opens_without_network_where_it_stood() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    phone.go(&club.stack.urls.scanner).await?;
    phone.see("#scan").await?;
    phone.read("Main door").await;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    assert_eq!(count(&club, ENTRIES).await, Some(1));
    phone.close().await
}
