//! A phone that is taken off the door while it has no network: it stops, forgets the guests, and loses none of its scans.

use super::{supervisor::Supervisor, *};
use std::time::Duration;

/// Within this a phone that has a network stops.
const MINUTE: Duration = Duration::from_secs(60);

/// What the phone keeps: lists, tickets on them, scans that wait, and whether a guest's name is left in one.
const KEPT: &str = "const done = arguments[arguments.length - 1];
    const opening = indexedDB.open('door');
    opening.onerror = () => done(String(opening.error));
    opening.onsuccess = () => {
        const db = opening.result;
        const tx = db.transaction(['lists', 'tickets', 'scans'], 'readonly');
        const [lists, tickets] = ['lists', 'tickets'].map((name) => tx.objectStore(name).count());
        const scans = tx.objectStore('scans').getAll();
        tx.oncomplete = () => {
            db.close();
            const waiting = scans.result.filter((row) => row.state === 'waiting').length;
            const names = JSON.stringify(scans.result).includes('Ana Guest');
            done({lists: lists.result, tickets: tickets.result, waiting, names});
        };
    };";

const TOLD: &str = "select count(*) as sum from scanner.scans where offline";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_taken_off_forgets_the_guests_and_its_scans_come_when_it_is_enrolled_again() -> Result<()> {
    let (mut club, event, codes) = sold(2).await?;
    let supervisor = Supervisor::of(&club).await?;
    let phone = Browser::open(PHONE).await?;
    enrolled(&club, &phone, &supervisor.invite("Garden 1").await?).await?;
    choose(&phone, &event).await?;
    is_ready(&phone).await;
    club.stack.cut_network();
    for code in &codes {
        assert_eq!(scan(&phone, code, "admit").await?, "Admitted", "it can't know");
    }
    waits(&phone, "2").await;

    supervisor.take_off("Garden 1").await?;
    club.stack.mend_network().await?;
    until("the phone stops", MINUTE, || async {
        let address = phone.driver().current_url().await.ok()?;
        (address.path() == "/sign-in").then_some(())
    })
    .await;
    phone.read("This phone was taken off the door").await;
    phone.read("Scans on this phone not sent yet: 2").await;
    phone.see("#left-save").await?;
    club.picture(&phone, "door-taken-off").await?;
    let kept = phone.driver().execute_async(KEPT, vec![]).await?;
    let nothing_but_scans = json!({"lists": 0, "tickets": 0, "waiting": 2, "names": false});
    assert_eq!(kept.json(), &nothing_but_scans);
    let scanner = club.stack.urls.scanner.clone();
    phone.go(&scanner).await?;
    phone.arrive("/sign-in").await;
    assert_eq!(count(&club, TOLD).await, Some(0), "nothing is taken from it");

    enrolled(&club, &phone, &supervisor.invite("Garden 2").await?).await?;
    until("the scans are there", PATIENCE, || async { (count(&club, TOLD).await? == 2).then_some(()) }).await;
    let entries = "select count(*) as sum from scanner.entries e join scanner.devices d on d.id = e.device
        where e.offline and e.is_primary and d.revoked_at is null";
    assert_eq!(count(&club, entries).await, Some(2), "they are of the phone that brought them");
    phone.close().await
}

/// Follows the QR code's address, and signs in on the phone that it has made of the browser.
async fn enrolled(club: &Club, phone: &Browser, link: &str) -> Result<()> {
    phone.go(link).await?;
    phone.arrive("/sign-in").await;
    // No names: nobody has a PIN.
    phone.read("Nobody has set a PIN yet").await;
    club.sign_in(phone, StaffRole::DoorStaff).await?;
    phone.read("Choose your gate").await;
    Ok(())
}
