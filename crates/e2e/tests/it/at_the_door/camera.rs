//! The camera: it reads the guest's code without a tap, and where there is none the door works all the same.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_before_the_camera_is_admitted_once_and_denied_when_it_comes_again() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    let phone = Browser::open(PHONE).await?;
    phone.hold_up(&codes[0])?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(&phone, StaffRole::DoorStaff).await?;
    choose(&phone, &event).await?;
    phone.see("#verdict[data-tone=admit]").await?;
    phone.read("Ana Guest").await;
    phone.go(&club.stack.urls.scanner).await?;
    choose(&phone, &event).await?;
    phone.see("#verdict[data-tone=deny]").await?;
    phone.read("Already inside").await;
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_that_is_not_allowed_is_told_and_codes_are_typed() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    let origin = club.stack.urls.scanner.trim_end_matches('/').to_owned();
    let phone = Browser::open_refusing_the_camera(PHONE, &origin).await?;
    works_without_a_camera(&club, &phone, &event, &codes[0], "The camera isn’t allowed").await?;
    club.picture(&phone, "door-camera-refused").await?;
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_camera_is_told_and_codes_are_typed() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    let phone = Browser::open(PHONE).await?;
    std::fs::remove_file(phone.film())?;
    works_without_a_camera(&club, &phone, &event, &codes[0], "There is no camera here").await?;
    phone.close().await
}

async fn works_without_a_camera(
    club: &Club,
    phone: &Browser,
    event: &Value,
    code: &str,
    says: &str,
) -> Result<()> {
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(phone, StaffRole::DoorStaff).await?;
    choose(phone, event).await?;
    phone.read(says).await;
    phone.see("#camera-again").await?;
    assert_eq!(scan(phone, code, "admit").await?, "Admitted");
    phone.click("#next").await
}
