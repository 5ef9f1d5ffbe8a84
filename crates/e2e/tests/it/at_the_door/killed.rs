//! The phone dies with scans that nobody has heard of: all of them are there when it starts again.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_battery_loses_no_scan_and_lets_nobody_in_twice() -> Result<()> {
    let (mut club, event, codes) = sold(3).await?;
    let phone = phone_at(&club, &event).await?;
    club.stack.cut_network();
    for code in &codes[..2] {
        scan(&phone, code, "admit").await?;
    }
    let phone = phone.die_and_come_back(PHONE).await?;
    phone.go(&club.stack.urls.scanner).await?;
    stands_again(&phone, &event).await;
    waits(&phone, "2").await;
    for code in &codes[..2] {
        assert_eq!(scan(&phone, code, "deny").await?, "Already inside");
    }
    scan(&phone, &codes[2], "admit").await?;

    club.stack.mend_network().await?;
    sent(&club, &phone).await;
    let entries = "select count(*) as sum from scanner.entries";
    assert_eq!(count(&club, entries).await, Some(3));
    audit::holds(&club.stack).await;
    phone.close().await
}

/// At its gate by itself, or by a tap where the phone forgot at which one it stood.
async fn stands_again(phone: &Browser, event: &Value) {
    until("the phone stands at its gate", PATIENCE, || async {
        let shown = "return !document.getElementById('scan').hidden";
        if phone.driver().execute(shown, vec![]).await.ok()?.json() == &json!(true) {
            return Some(());
        }
        let id = event["id"].as_str()?;
        let tap = "document.querySelector(`[data-event='${arguments[0]}']`)?.click()";
        phone.driver().execute(tap, vec![json!(id)]).await.ok()?;
        None
    })
    .await;
}

/// Waits until the club has heard of everything. A sign-in that was not on the disk yet is done again.
async fn sent(club: &Club, phone: &Browser) {
    until("everything is sent", PATIENCE, || async {
        let heard = count(club, "select count(*) as sum from scanner.scans where offline").await?;
        if heard == 5 {
            return Some(());
        }
        let address = phone.driver().current_url().await.ok()?;
        if address.path() == "/sign-in" {
            club.sign_in(phone, StaffRole::DoorStaff).await.ok()?;
        }
        // The gate may have to be chosen anew: what waits is sent from there.
        let tap = "if (!document.getElementById('choose')?.hidden) document.querySelector('.gate')?.click()";
        phone.driver().execute(tap, vec![]).await.ok()?;
        None
    })
    .await;
}
