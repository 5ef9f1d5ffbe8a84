//! What a ticket type asks of its guests at the door: a document, and to be there in time.

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
