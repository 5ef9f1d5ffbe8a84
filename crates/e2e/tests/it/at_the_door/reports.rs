//! What is told of the guest who was scanned last: a photograph, where the club takes them, and an incident.

use super::*;

/// As a supervisor does it in the settings.
pub const PHOTOS_ON: &str = "update scanner.door_settings set photos_on = true,
    consent_en = 'May we take a photo of you?', consent_es = '¿Podemos hacerte una foto?'";

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_agrees_is_photographed_and_an_incident_names_their_ticket() -> Result<()> {
    let (club, event, codes) = sold(1).await?;
    audit::change(&club.stack, PHOTOS_ON).await?;
    let phone = phone_at(&club, &event).await?;
    until("the camera shows something", PATIENCE, || async {
        let wide = "return document.getElementById('video').videoWidth > 0";
        let wide = phone.driver().execute(wide, vec![]).await.ok()?;
        (wide.json() == &json!(true)).then_some(())
    })
    .await;
    scan(&phone, &codes[0], "admit").await?;
    phone.click("#photo").await?;
    phone.read("May we take a photo of you?").await;
    // The camera's first picture may be on its way.
    until("a picture is taken", PATIENCE, || async {
        phone.click("#photo-take").await.ok()?;
        let taken = "return !document.getElementById('photo-picture').hidden";
        let taken = phone.driver().execute(taken, vec![]).await.ok()?;
        (taken.json() == &json!(true)).then_some(())
    })
    .await;
    club.picture(&phone, "door-photo").await?;
    let asked = "return document.getElementById('photo-save').form.checkValidity()";
    let unasked = phone.driver().execute(asked, vec![]).await?;
    assert_eq!(unasked.json(), &json!(false), "nothing is sent before the guest agrees");
    phone.click("#photo-consent").await?;
    phone.click("#photo-save").await?;
    let photos = "select count(*) as sum from scanner.photos p join scanner.entries e using (ticket_id)
        where p.subject = 'holder' and p.consent";
    until("the photograph is there", PATIENCE, || async { (count(&club, photos).await? == 1).then_some(()) })
        .await;
    until("the sheet is away", PATIENCE, || async {
        let open = "return document.getElementById('photo-sheet').open";
        let open = phone.driver().execute(open, vec![]).await.ok()?;
        (open.json() == &json!(false)).then_some(())
    })
    .await;

    phone.click("#open-settings").await?;
    phone.click("#incident").await?;
    phone.arrive("/desk/incident").await;
    phone.driver().execute("document.querySelector('[name=kind]').checked = true", vec![]).await?;
    phone.fill("#text", "Fell on the stairs").await?;
    phone.click("main form button[type=submit]").await?;
    phone.arrive("done=reported").await;
    let incidents = "select count(*) as sum from scanner.incidents i join scanner.entries e
        on e.ticket_id = i.ticket_id and e.gate_id = i.gate_id";
    assert_eq!(count(&club, incidents).await, Some(1));
    phone.click("main a[href='/']").await?;
    phone.see("#scan").await?;
    phone.read("Main door").await;
    phone.close().await
}
