//! What a ticket type asks of its guests at the door: a document, to be there in time, and the code of this moment.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_looked_at_and_who_has_no_good_one_goes_out_again() -> Result<()> {
    let (club, event, codes) = sold(2).await?;
    audit::change(&club.stack, "update scanner.ticket_types set asks_id = true").await?;
    let phone = phone_at(&club, &event).await?;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    phone.read("Check ID").await;
    phone.click("#id-check [data-passed=yes]").await?;
    until("the document is on record", PATIENCE, || async {
        let good = "select count(*) as sum from scanner.id_checks where passed";
        (count(&club, good).await? == 1).then_some(())
    })
    .await;

    assert_eq!(scan(&phone, &codes[1], "admit").await?, "Admitted");
    phone.click("#id-check [data-passed=no]").await?;
    phone.see("#verdict[data-tone=deny]").await?;
    assert_eq!(phone.text("#verdict-title").await?, "Refused: ID");
    let inside = "select count(*) as sum from scanner.entries where annulled_at is null";
    assert_eq!(count(&club, inside).await, Some(1), "the first stays");
    let told = "select count(*) as sum from scanner.incidents where kind = 'refused'";
    assert_eq!(count(&club, told).await, Some(1));
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_looked_at_without_network_is_on_record_later() -> Result<()> {
    let (mut club, event, codes) = sold(2).await?;
    audit::change(&club.stack, "update scanner.ticket_types set asks_id = true").await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    phone.read("Decided on this phone").await;
    phone.click("#id-check [data-passed=yes]").await?;
    assert_eq!(scan(&phone, &codes[1], "admit").await?, "Admitted");
    phone.click("#id-check [data-passed=no]").await?;
    phone.see("#verdict[data-tone=deny]").await?;
    assert_eq!(phone.text("#verdict-title").await?, "Refused: ID");
    waits(&phone, "2").await;

    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    for passed in ["passed", "not passed"] {
        let looked = format!("select count(*) as sum from scanner.id_checks where {passed}");
        assert_eq!(count(&club, &looked).await, Some(1), "{passed}");
    }
    let inside = "select count(*) as sum from scanner.entries where annulled_at is null";
    assert_eq!(count(&club, inside).await, Some(1), "the first stays");
    let told = "select count(*) as sum from scanner.incidents where kind = 'refused'";
    assert_eq!(count(&club, told).await, Some(1));
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_s_own_end_of_entry_holds_without_network() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    let over = "update scanner.ticket_types set admit_until = date_trunc('milliseconds', now())";
    audit::change(&club.stack, over).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "Too late");
    phone.read("This ticket let in until").await;
    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_a_code_that_moves_is_told_without_network_and_with_it() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    audit::change(&club.stack, "update scanner.ticket_types set rotating_code = true").await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "A picture");
    phone.read("Ask the guest to open the ticket page").await;
    assert_eq!(scan(&phone, &moved(&club, &codes[0])?, "admit").await?, "Admitted");
    assert_eq!(scan(&phone, &moved(&club, &codes[0])?, "deny").await?, "Already inside");
    waits(&phone, "3").await;

    club.stack.mend_network().await?;
    waits(&phone, "0").await;
    let judged = "select count(*) as sum from scanner.scans where decision = 'admit' and judged = 'ok'";
    assert_eq!(count(&club, judged).await, Some(1));
    assert_eq!(count(&club, "select count(*) as sum from scanner.conflicts").await, Some(0));
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "A picture");
    assert_eq!(scan(&phone, &moved(&club, &codes[0])?, "deny").await?, "Already inside");
    phone.close().await
}

/// Of a ticket type whose note names a lane: at a phone of that lane it is left out, elsewhere it says where the guest belongs.
#[tokio::test(flavor = "multi_thread")]
async fn a_lane_is_named_at_every_phone_but_its_own() -> Result<()> {
    let (club, event, codes) = sold(2).await?;
    let phone = phone_at(&club, &event).await?;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    // Whatever the note names is the lane.
    let lane = phone.text("#verdict-attention span").await?.to_lowercase();
    assert!(!lane.is_empty(), "the type has a note");

    phone.click("#next").await?;
    phone.click("#open-settings").await?;
    phone.fill("#settings [name=lane]", &lane).await?;
    phone.click("#settings .sheet__head button").await?;
    until("the lane is kept", PATIENCE, || async {
        let kept = "return JSON.parse(localStorage.getItem('door-settings') ?? '{}').lane ?? ''";
        let kept = phone.driver().execute(kept, vec![]).await.ok()?;
        (kept.json() == &json!(lane)).then_some(())
    })
    .await;
    assert_eq!(scan(&phone, &codes[1], "admit").await?, "Admitted");
    let hidden = "return document.getElementById('verdict-attention').hidden";
    assert_eq!(phone.driver().execute(hidden, vec![]).await?.json(), &json!(true));
    phone.close().await
}
