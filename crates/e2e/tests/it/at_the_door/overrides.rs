//! A supervisor lets somebody in against the rule, on the phone, with a reason; and is told of the guest who is inside already.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_lets_a_second_guest_in_and_sees_that_it_is_one() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    let phone = Browser::open(PHONE).await?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(&phone, StaffRole::Manager).await?;
    choose(&phone, &event).await?;
    is_ready(&phone).await;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "Already inside");
    phone.click("#override").await?;
    phone.fill("#override-note", "Her sister went home with the other ticket").await?;
    phone.click("#override-sheet button[value=let-in]").await?;
    phone.see("#verdict[data-tone=caution]").await?;
    assert_eq!(phone.text("#verdict-title").await?, "Admitted");
    phone.read("Second guest with this ticket").await;
    club.picture(&phone, "door-override-second").await?;
    let reason = "select count(*) as sum from scanner.audit_log where action = 'scan.overridden'
        and reason = 'Her sister went home with the other ticket' and detail ? 'inside'";
    assert_eq!(count(&club, reason).await, Some(1));
    assert_eq!(count(&club, "select inside as sum from scanner.occupancy").await, Some(2));
    phone.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doorman_is_offered_no_override() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    let phone = phone_at(&club, &event).await?;
    assert_eq!(scan(&phone, &codes[0], "admit").await?, "Admitted");
    assert_eq!(scan(&phone, &codes[0], "deny").await?, "Already inside");
    let hidden = phone.driver().execute("return document.getElementById('override').hidden", vec![]).await?;
    assert_eq!(hidden.json(), &json!(true));
    phone.close().await
}
