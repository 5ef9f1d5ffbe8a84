//! What is written to who waits for a table, and what the desk sees of them.

use messages::purchase::v1::TableFreed;
use messages::purchase::v1::mail_asked::About;
use serde_json::json;
use uuid::Uuid;
use web::{App, Context, ServiceCaller, callers};

use crate::asked::asked;
use crate::emails::{arrived, event};
use crate::house::House;

const TABLE: &str = "http://tickets.maguey.localhost:8080/e/agave-nights/tables/0199?party=3";
const LEAVE: &str = "http://tickets.maguey.localhost:8080/table-waitlist/0199?key=abc";

fn freed(event: &str, told: i64) -> TableFreed {
    TableFreed {
        event_id: event.to_owned(),
        table_id: Uuid::now_v7().to_string(),
        label: "12 <b>".to_owned(),
        seats: 8,
        party: 3,
        told,
        table_url: TABLE.to_owned(),
        leave_url: LEAVE.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_table_is_told_once_and_that_it_is_held_for_nobody() {
    let house = House::open().await;
    let (id, _) = event(&house).await;
    let wish = asked("ana@example.org", "en", About::TableFreed(freed(&id, 3)));
    house.say(&wish).await;
    house.say(&wish).await;
    house.say(&asked("bea@example.org", "es", About::TableFreed(freed(&id, 1)))).await;
    let (ana, bea) = (arrived(&house, "ana@example.org").await, arrived(&house, "bea@example.org").await);
    assert_eq!((ana.len(), bea.len()), (1, 1), "a wish acts once");
    assert_eq!(ana[0]["subject"], "A table is free: Agave Nights");
    assert_eq!(bea[0]["subject"], "Hay una mesa libre: Agave Nights");
    for part in ["html", "text"] {
        let (ana, bea) = (ana[0][part].as_str().expect("text"), bea[0][part].as_str().expect("text"));
        for said in ["3 people", "8 people", "We told 3 groups at once", "whoever books it first has it"] {
            assert!(ana.contains(said), "{said}: {ana}");
        }
        assert!(ana.contains(TABLE) && ana.contains(LEAVE) && !ana.contains("table-waitlist-"), "{ana}");
        assert!(bea.contains("3 personas") && bea.contains("es de quien primero lo haga"), "{bea}");
        assert!(!bea.contains("grupos a la vez") && !bea.contains("table-waitlist-"), "{bea}");
    }
    assert!(!ana[0]["html"].as_str().expect("html").contains("12 <b>"), "a label is text");
    let cookie = house.cookie("olga@club.test").await;
    let log = house.page("/admin/emails", &cookie).await.text().await.expect("a page");
    assert!(log.contains("Table came free"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_says_how_many_wait_and_says_so_when_it_cannot() {
    let mut house = House::open().await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await;
    let path = format!("/admin/events/{}/reservations", event["id"].as_str().expect("an id"));
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    assert!(page.contains("who waits for a table can’t be shown"), "{page}");

    let line =
        json!({"sizes": [{"party": 2, "parties": 1}, {"party": 6, "parties": 3}], "told": 1, "since": null});
    let site = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let line = line.clone();
        routes.get("/internal/v1/table-waitlist/{event}", move |_: ServiceCaller<callers::Desk>| {
            let said = actix_web::HttpResponse::Ok().json(&line);
            async move { said }
        });
    });
    let site = web::boot::start(site).await.expect("free ports");
    house.purchase_url = format!("http://{}", site.internal);
    house.stop().await;
    house.start().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    for said in ["4 groups wait (20 people)", "1 was told of a free table", "3 × 6 people", "1 × 2 people"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let page = house.page(&format!("{path}?lang=es"), &cookie).await.text().await.expect("a page");
    assert!(page.contains("Esperan 4 grupos (20 personas)"), "{page}");
}
