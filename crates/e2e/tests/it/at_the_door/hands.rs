//! A phone of the club's in several hands: enrolled by a QR code once, then whoever works signs in on it, by PIN or by password.

use super::*;

/// None that is tried first.
const PIN: &str = "4071";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_enrolled_once_goes_from_hand_to_hand() -> Result<()> {
    let club = Club::open().await?;
    let scanner = club.stack.urls.scanner.clone();
    let owner = Browser::open(PHONE).await?;
    let link = invited(&club, &owner, &scanner).await?;

    let phone = Browser::open(PHONE).await?;
    phone.go(&link).await?;
    phone.arrive("/sign-in").await;
    phone.read("Side door").await;
    club.sign_in(&phone, StaffRole::DoorStaff).await?;
    phone.read("Dora Door · Side door").await;

    phone.go(&format!("{scanner}/pin")).await?;
    phone.fill("#password", &club.stack.staff(StaffRole::DoorStaff).password).await?;
    phone.fill("#pin", PIN).await?;
    phone.fill("#again", PIN).await?;
    phone.click("form[action='/pin'] button[type=submit]").await?;
    phone.arrive("set=yes").await;
    hand_over(&phone, &scanner).await?;

    phone.click(".person").await?;
    club.picture(&phone, "door-pin").await?;
    phone.fill("#pin", PIN).await?;
    phone.click("form[data-pin] button[type=submit]").await?;
    phone.read("Dora Door · Side door").await;
    holds(&club, "Dora Door").await;
    hand_over(&phone, &scanner).await?;

    let manager = club.stack.staff(StaffRole::Manager);
    phone.fill("#email", &manager.email).await?;
    phone.fill("#password", &manager.password).await?;
    phone.click("form[action='/sign-in'] button[type=submit]").await?;
    phone.read("Mario Manager · Side door").await;
    holds(&club, "Mario Manager").await;
    assert_eq!(count(&club, "select count(*) as sum from scanner.devices").await, Some(1), "enrolled once");
    phone.close().await?;
    owner.close().await
}

/// The owner makes the QR code of a phone; gives the address that it leads to.
async fn invited(club: &Club, owner: &Browser, scanner: &str) -> Result<String> {
    owner.go(&format!("{scanner}/devices")).await?;
    club.sign_in(owner, StaffRole::Owner).await?;
    owner.fill("#name", "Side door").await?;
    owner.click("form[action='/devices/invitations'] button[type=submit]").await?;
    owner.see(".invited__qr svg").await?;
    club.picture(owner, "door-invitation").await?;
    Ok(format!("{scanner}/enrol#{}", owner.text(".invited__code").await?))
}

async fn hand_over(phone: &Browser, scanner: &str) -> Result<()> {
    phone.go(scanner).await?;
    phone.click("form[action='/sign-out'] button").await?;
    phone.see(".person").await.map(drop)
}

/// Waits until the club says that this person holds the phone.
async fn holds(club: &Club, name: &str) {
    let held = format!(
        "select count(*) as sum from scanner.device_hands where till_at is null and staff_name = '{name}'"
    );
    until(&format!("{name} holds the phone"), PATIENCE, || async {
        (count(club, &held).await? == 1).then_some(())
    })
    .await;
}
