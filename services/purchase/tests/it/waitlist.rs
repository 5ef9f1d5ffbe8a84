//! The line before a sold-out ticket type: joining, being offered places, claiming, leaving, and what the others see.

mod ends;
mod joining;
mod offers;

use purchase::waitlist::link::WaitlistLinks;
use reqwest::{Response, StatusCode};
use settings::Secret;
use uuid::Uuid;

use crate::stage::{LOOKS, Order, PUBLIC_URL, Stage, pause};

const CARD: &str = "4242424242424242";
pub const OPEN_OFFERS: &str = "SELECT count(*) FROM waitlist WHERE state = 'offered'";

impl Stage {
    /// A night of which this many places of its first type are there, all held by orders of one place each.
    pub async fn sold_out(places: i64) -> (Self, Vec<Order>) {
        let stage = Self::open().await;
        stage.resize(2, places).await;
        let mut orders = Vec::new();
        for _ in 0..places {
            orders.push(stage.order(0, 1).await);
        }
        stage.until_shown_sold_out().await;
        (stage, orders)
    }

    /// Pages are half a second behind at most, and the line is joined from a page.
    pub async fn until_shown_sold_out(&self) {
        for _ in 0..LOOKS {
            let event = self.get_json("/api/v1/events/friday-night").await;
            if event["ticket_types"][0]["available"] == 0 {
                return;
            }
            pause().await;
        }
        panic!("the page never said that it is sold out");
    }

    /// Sets how many places of the first type there are.
    pub async fn resize(&self, revision: i64, places: i64) {
        let mut event = self.event.clone();
        event.revision = revision;
        event.ticket_types[0].capacity = places;
        self.publish(&event).await;
    }

    /// Sends a form as a page of the site does.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let post = self.http.post(self.url(path)).header("origin", PUBLIC_URL).form(fields);
        post.send().await.expect("an answer")
    }

    /// Joins the line of the first type, and must be taken in.
    pub async fn join(&self, email: &str, party: u32) {
        self.until_shown_sold_out().await;
        let answer = self.try_join(email, &party.to_string()).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap_or_default());
    }

    pub async fn try_join(&self, email: &str, party: &str) -> Response {
        let fields =
            [("ticket_type", self.kind(0)), ("party", party), ("name", "Ana López"), ("email", email)];
        self.send("/e/friday-night/waitlist", &fields).await
    }

    /// The address of a party's own page, as its mail says.
    pub async fn place_of(&self, email: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Found {
            #[diesel(sql_type = diesel::sql_types::Uuid)]
            id: Uuid,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        let newest =
            format!("SELECT id FROM purchase.waitlist WHERE email = '{email}' ORDER BY place DESC LIMIT 1");
        let found: Found = diesel_async::RunQueryDsl::get_result(diesel::sql_query(newest), &mut *conn)
            .await
            .expect("a place");
        WaitlistLinks::new(Secret::new(&self.keys.order_link), "").path(found.id.into())
    }

    /// Claims an offer at a party's own page.
    pub async fn claim(&self, place: &str, quantity: &str) -> Response {
        let (path, key) = place.split_once('?').expect("a key");
        let fields = [("quantity", quantity), ("name", "Ana López"), ("promo", "")];
        self.send(&format!("{path}/claim?{key}"), &fields).await
    }

    /// Ends the hold of one order, as if its guest never paid.
    pub async fn free(&self, order: &Order) {
        let sql = format!(
            "UPDATE orders SET held_until = now() - interval '1 minute', next_check_at = now() WHERE reference = '{}'",
            order.reference
        );
        self.sql(&sql).await;
        self.until(order, "expired").await;
    }

    /// Lets the time of all open offers pass.
    pub async fn end_offers(&self) {
        self.sql("UPDATE waitlist SET offered_at = now() - interval '2 hours', offered_until = now() - interval '1 minute'
                   WHERE state = 'offered'").await;
    }

    pub async fn state_of(&self, email: &str) -> String {
        let states = ["waiting", "offered", "claimed", "lapsed", "left", "closed"];
        for state in states {
            let one = format!(
                "SELECT count(*) FROM (SELECT state FROM waitlist WHERE email = '{email}'
                                ORDER BY place DESC LIMIT 1) w WHERE state = '{state}'"
            );
            if self.count(&one).await == 1 {
                return state.to_owned();
            }
        }
        "none".to_owned()
    }

    pub async fn until_state(&self, email: &str, state: &str) {
        let one = format!("SELECT count(*) FROM waitlist WHERE email = '{email}' AND state = '{state}'");
        self.until_count(&one, 1).await;
    }
}
