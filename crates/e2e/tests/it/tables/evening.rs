//! The evening of a table, as people live it: the owner draws the room and opens booking, a guest books on a phone while another looks on, a
//! friend is invited, both come in, the host sees them arrive, and the bill is settled.

use super::{
    hands::{pick, pick_first, press, says, send, unfold},
    *,
};
use crate::{
    at_the_door::{choose, is_ready, scan},
    journeys::club::Club,
};
use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use e2e::{
    browser::{Browser, DESK, PHONE},
    guest::{Placed, placed_at},
};
use serde_json::json;

/// An hour before the doors: passes still change hands.
const EARLY: TimeDelta = TimeDelta::minutes(90);

struct Evening {
    club: Club,
    /// The owner's browser, at a desk.
    owner: Browser,
    /// As guests have it.
    event: Value,
    night: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evening_of_a_table() -> Result<()> {
    let evening = Box::pin(Evening::begin()).await?;
    let told = Box::pin(walk(&evening)).await;
    if told.is_err() {
        evening.owner.keep_evidence("the-evening-of-a-table-owner").await;
        for service in Service::ALL {
            eprintln!("{}", evening.club.stack.log(service));
        }
    }
    told?;
    evening.owner.close().await
}

impl Evening {
    async fn begin() -> Result<Self> {
        let club = Club::open().await?;
        let night = Night { starts_at: SystemClock.now() + EARLY, ..Night::open_now() };
        Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
        let event = Guest::new(&club.stack)?.event(&night.slug).await;
        let owner = Browser::open(DESK).await?;
        club.sign_in_at_desk(&owner).await?;
        club.see_dashboard(&owner).await?;
        Ok(Self { club, owner, event, night: night.slug })
    }

    fn id(&self) -> &str {
        self.event["id"].as_str().unwrap_or_default()
    }

    fn desk(&self, path: &str) -> String {
        format!("{}/admin{path}", self.club.stack.urls.marketing)
    }

    fn tickets(&self, path: &str) -> String {
        format!("{}/e/{}{path}", self.club.stack.urls.purchase, self.night)
    }
}

async fn walk(evening: &Evening) -> Result<()> {
    Box::pin(draw(evening)).await?;
    Box::pin(open_booking(evening)).await?;
    let seen = floor::seen(&evening.club.stack, &evening.night, 2).await;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a table's words");
    let (table, other) = (text(&seen["tables"][0]["id"])?, text(&seen["tables"][1]["label"])?);

    // Bea looks at the plan while Ana books.
    let (bea, friend) = (Browser::open(PHONE).await?, Guest::new(&evening.club.stack)?);
    bea.go(&evening.tickets("/tables")).await?;
    bea.see(&format!("[data-row='{table}'][data-state='free']")).await?;
    let (ana, booker) = (Browser::open(PHONE).await?, Guest::new(&evening.club.stack)?);
    let booked = Box::pin(book(evening, &ana, &bea, &booker, &table)).await;
    if booked.is_err() {
        ana.keep_evidence("the-evening-of-a-table-booker").await;
        bea.keep_evidence("the-evening-of-a-table-friend").await;
    }
    let placed = booked?;
    let order = booker.order(&placed).await?;
    let passes = codes(&order);
    assert_eq!(passes.len(), 4, "a pass for each: {order}");
    Box::pin(invite(evening, &ana, &bea, &order, &friend)).await?;
    let mails = booker.mails().await?;
    let subject = mails.first().and_then(|mail| mail["subject"].as_str()).unwrap_or_default();
    assert!(subject.to_lowercase().contains("table"), "the booker's mail says what it is about: {subject}");
    audit::holds(&evening.club.stack).await;
    ana.close().await?;
    bea.close().await?;

    Box::pin(rearrange(evening, &other)).await?;
    let moved = booker.order(&placed).await?;
    assert_eq!(codes(&moved).len(), 5, "one more comes: {moved}");
    assert_eq!(&codes(&moved)[..4], &passes[..], "who has a pass keeps it");
    Box::pin(arrive(evening, &passes, &other)).await?;
    Box::pin(settle(evening, &other)).await?;
    audit::holds(&evening.club.stack).await;
    Ok(())
}

/// The owner makes a floor plan with two tables, in the editor.
async fn draw(evening: &Evening) -> Result<()> {
    let owner = &evening.owner;
    owner.go(&evening.desk("/floor-plans")).await?;
    unfold(owner).await?;
    owner.fill("main form [name='name']", "Main floor").await?;
    send(owner, "main form [name='name']").await?;
    owner.see("[data-plan-form]").await?;
    owner.see("[data-plan-form] svg[data-ready]").await?;
    for part in ["stage", "round", "round"] {
        add(owner, part).await?;
    }
    // Two of one size must not stand on each other's place, or the second would hide the first.
    for (nth, (label, x)) in [("1", "100"), ("2", "220")].into_iter().enumerate() {
        let row = format!("[data-rows='tables'] > :nth-child({})", nth + 1);
        unfold(owner).await?;
        pick(owner, &format!("{row} [data-field='label']"), label).await?;
        pick(owner, &format!("{row} [data-field='seats']"), "6").await?;
        pick(owner, &format!("{row} [data-field='x']"), x).await?;
    }
    evening.club.picture(owner, "tables-editor-desk").await?;
    owner.click("[data-save]").await?;
    owner.see("[data-save-state='saved']").await?;
    owner.resize(PHONE).await?;
    evening.club.picture(owner, "tables-editor").await?;
    owner.resize(DESK).await
}

/// Adds a part to the plan, and waits until it stands in the list.
async fn add(owner: &Browser, part: &str) -> Result<()> {
    const MANY: &str = "return document.querySelectorAll('[data-rows] > [data-part]').length";
    let before = owner.driver().execute(MANY, vec![]).await?.json().as_u64();
    owner.click(&format!("[data-add='{part}']")).await?;
    until(&format!("the {part} stands in the list"), PATIENCE, || async {
        let now = owner.driver().execute(MANY, vec![]).await.ok()?.json().as_u64();
        (now > before).then_some(())
    })
    .await;
    Ok(())
}

/// The owner gives the night that plan, says what tables cost, and lets guests book.
async fn open_booking(evening: &Evening) -> Result<()> {
    let owner = &evening.owner;
    owner.go(&evening.desk(&format!("/events/{}/tables", evening.id()))).await?;
    owner.see("select[name='plan']").await?;
    pick_first(owner, "select[name='plan']").await?;
    send(owner, "[name='plan']").await?;
    owner.arrive("done=chosen").await;
    unfold(owner).await?;
    owner.fill("[name='all.minimum']", "500").await?;
    pick(owner, "[name='all.kind']", "share").await?;
    owner.fill("[name='all.deposit']", "20").await?;
    owner.fill("[name='all.includes']", "1 bottle of mezcal, 4 mixers").await?;
    pick(owner, "[name='all.sale']", "yes").await?;
    send(owner, "[name='all.minimum']").await?;
    owner.arrive("done=saved").await;
    send(owner, "[name='open']").await?;
    owner.arrive("done=opened").await;
    evening.club.pictures_of_all(owner, "tables-night").await?;
    owner.resize(DESK).await
}

/// On a phone: from the night's page to the plan, the table, the deposit; whoever else looks on sees it go.
async fn book(
    evening: &Evening,
    ana: &Browser,
    bea: &Browser,
    booker: &Guest,
    table: &str,
) -> Result<Placed> {
    let club = &evening.club;
    ana.go(&evening.tickets("")).await?;
    ana.click(&format!("a[href*='/e/{}/tables']", evening.night)).await?;
    ana.see("[data-plan]").await?;
    club.pictures_of_all(ana, "tables-plan").await?;
    ana.click(&format!("[data-row='{table}'] [data-choose]")).await?;
    ana.arrive(&format!("/tables/{table}")).await;
    unfold(ana).await?;
    ana.fill("[name='name']", "Ana Guest").await?;
    ana.fill("[name='email']", &booker.email).await?;
    pick(ana, "[name='party']", "4").await?;
    pick_first(ana, "select[name='arrives']").await?;
    ana.fill("[name='occasion']", "Birthday").await?;
    club.pictures_of_all(ana, "tables-table").await?;
    send(ana, "[name='email']").await?;
    ana.see("#card_number").await?;
    bea.see(&format!("[data-row='{table}'][data-state='held']")).await?;
    ana.fill("#card_number", card::GOOD).await?;
    ana.click("#pay").await?;
    let url = ana.arrive("/orders/").await;
    ana.see(".ticket__code svg").await?;
    ana.read("Your table is booked").await;
    ana.read("400.00").await;
    bea.see(&format!("[data-row='{table}'][data-state='taken']")).await?;
    club.pictures_of_all(bea, "tables-plan-taken").await?;
    club.pictures_of_all(ana, "tables-order").await?;
    club.picture_of_mail(ana, &booker.email).await?;
    placed_at(&url)
}

/// Ana sends Bea the second pass; Bea opens it on her phone.
async fn invite(
    evening: &Evening,
    ana: &Browser,
    bea: &Browser,
    order: &Value,
    friend: &Guest,
) -> Result<()> {
    press(ana, "Invite your guests").await?;
    ana.arrive("/guests").await;
    let second = order["tickets"][1]["id"].as_str().context("a second pass")?;
    ana.fill(&format!("#name-{second}"), "Bea Friend").await?;
    ana.fill(&format!("#email-{second}"), &friend.email).await?;
    evening.club.pictures_of_all(ana, "tables-invite").await?;
    send(ana, &format!("#email-{second}")).await?;
    let mail = friend.mail().await;
    let text = mail["text"].as_str().context("a text")?;
    let link =
        text.split_whitespace().find(|word| word.contains("/tickets/")).context("the pass's own link")?;
    bea.go(link).await?;
    bea.see(".ticket__code svg").await?;
    evening.club.pictures_of_all(bea, "tables-pass").await
}

/// The night's host gives the party the other table, and a place for one more.
async fn rearrange(evening: &Evening, other: &str) -> Result<()> {
    let (club, owner) = (&evening.club, &evening.owner);
    owner.go(&evening.desk(&format!("/events/{}/reservations", evening.id()))).await?;
    owner.see("[data-reservation][data-state='confirmed']").await?;
    club.pictures_of_all(owner, "tables-board-expected").await?;
    owner.resize(DESK).await?;
    unfold(owner).await?;
    pick_first(owner, "form[action$='/move'] [name='table']").await?;
    send(owner, "form[action$='/move'] [name='table']").await?;
    owner.arrive("done=move").await;
    says(owner, "[data-reservation] h2", other).await;
    unfold(owner).await?;
    pick(owner, "form[action$='/party'] [name='party']", "5").await?;
    send(owner, "form[action$='/party'] [name='party']").await?;
    owner.arrive("done=party").await;
    let seen = floor::seen(&club.stack, &evening.night, 1).await;
    assert_eq!((&seen["tables"][0]["state"], &seen["tables"][1]["state"]), (&json!("free"), &json!("taken")));
    audit::holds(&club.stack).await;
    Ok(())
}

/// The doors open: the friend comes first, then the booker. The host sees it at the door and on the page of parties.
async fn arrive(evening: &Evening, passes: &[String], label: &str) -> Result<()> {
    let club = &evening.club;
    floor::open_doors(&club.stack, &evening.event).await?;
    // Somebody without a table is the first whom the doors let in.
    let (_, alone) = Guest::new(&club.stack)?.buy(&evening.event, 1).await?;
    let door = Door::open(&club.stack, &evening.event).await?;
    until("the doors are open", PATIENCE, || async {
        let told = door.scan(&codes(&alone)[0]).await.ok()?;
        (told["decision"] == "admit").then_some(())
    })
    .await;

    let host = Browser::open(PHONE).await?;
    host.go(&format!("{}/parties?event={}", club.stack.urls.scanner, evening.id())).await?;
    club.sign_in(&host, StaffRole::Owner).await?;
    says(&host, "#parties", "Ana Guest").await;
    club.pictures_of_all(&host, "tables-parties-expected").await?;
    let phone = Browser::open(PHONE).await?;
    let stood = async {
        phone.go(&club.stack.urls.scanner).await?;
        club.sign_in(&phone, StaffRole::DoorStaff).await?;
        phone.see(".gate").await?;
        choose(&phone, &evening.event).await?;
        is_ready(&phone).await;
        scan(&phone, &passes[1], "admit").await?;
        says(&phone, "#verdict-party", &format!("Table {label} · Ana Guest · 1 of 5 in")).await;
        club.picture(&phone, "tables-verdict").await?;
        host.see("[data-stage='inside'] [data-party]").await?;
        scan(&phone, &passes[0], "admit").await?;
        says(&phone, "#verdict-party", "2 of 5 in").await;
        says(&host, "[data-stage='inside'] [data-figure='people']", "2 of 5").await;
        club.pictures_of_all(&host, "tables-parties").await
    };
    let stood = Box::pin(stood).await;
    if stood.is_err() {
        phone.keep_evidence("the-evening-of-a-table-door").await;
        host.keep_evidence("the-evening-of-a-table-host").await;
    }
    stood?;
    phone.close().await?;
    host.close().await
}

/// At the night's board: the party has arrived, its tab grows, a host is named, the bill is settled.
async fn settle(evening: &Evening, label: &str) -> Result<()> {
    let (club, owner) = (&evening.club, &evening.owner);
    let board = evening.desk(&format!("/events/{}/reservations", evening.id()));
    until("the board says that the party is here", PATIENCE, || async {
        owner.go(&board).await.ok()?;
        owner.driver().find(thirtyfour::By::Css("[data-reservation][data-state='checked_in']")).await.ok()
    })
    .await;
    says(owner, "[data-reservation]", label).await;
    says(owner, "[data-reservation]", "Ana Guest").await;
    club.pictures_of_all(owner, "tables-board").await?;
    owner.resize(DESK).await?;
    unfold(owner).await?;
    owner.fill("form[action$='/host'] [name='host']", "Lola").await?;
    send(owner, "form[action$='/host'] [name='host']").await?;
    owner.arrive("done=host").await;
    unfold(owner).await?;
    owner.fill("form[action$='/tab'] [name='spent']", "620").await?;
    send(owner, "form[action$='/tab'] [name='spent']").await?;
    owner.arrive("done=tab").await;
    // More than the minimum was spent: all of it is owed, less the deposit.
    says(owner, "[data-reservation]", "520.00").await;
    says(owner, "[data-reservation]", "Lola").await;
    unfold(owner).await?;
    owner.fill("form[action$='/close'] [name='spent']", "640").await?;
    send(owner, "form[action$='/close'] [name='spent']").await?;
    owner.arrive("done=close").await;
    owner.go(&format!("{board}?show=over")).await?;
    owner.see("[data-reservation][data-state='closed']").await?;
    club.pictures_of_all(owner, "tables-board-closed").await?;
    let closed =
        "select count(*) as sum from purchase.reservations where state = 'closed' and spent_minor = 64000";
    assert_eq!(audit::count(&club.stack, closed).await?, 1);
    owner.resize(DESK).await
}
