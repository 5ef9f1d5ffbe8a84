//! Two phones let the same ticket in while neither can ask: one admission, and a conflict that says so.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn one_ticket_at_two_phones_without_network_is_one_admission_and_one_conflict() -> Result<()> {
    let (mut club, event, codes) = sold(1).await?;
    let phones = [phone_at(&club, &event).await?, phone_at(&club, &event).await?];
    club.stack.cut_network();
    for phone in &phones {
        assert_eq!(scan(phone, &codes[0], "admit").await?, "Admitted", "neither knows of the other");
    }
    club.stack.mend_network().await?;
    for phone in &phones {
        waits(phone, "0").await;
    }
    let entries = "select count(*) as sum from scanner.entries where is_primary";
    assert_eq!(count(&club, entries).await, Some(1));
    assert_eq!(count(&club, "select count(*) as sum from scanner.conflicts").await, Some(1));
    // With the network, both know.
    for phone in &phones {
        assert_eq!(scan(phone, &codes[0], "deny").await?, "Already inside");
    }
    audit::holds(&club.stack).await;
    for phone in phones {
        phone.close().await?;
    }
    Ok(())
}
