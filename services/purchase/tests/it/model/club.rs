//! The model, and the service beside it: each command is done to both.

use messages::marketing_admin::v1::{EventChanged, PriceTier};
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";
/// What a Regular ticket costs once no tier holds.
const REGULAR: i64 = 2000;

/// What somebody does. A number names the n-th order (round and round) of those with which it can be done.
#[derive(Debug, Clone, Copy)]
pub enum Command {
    Hold {
        kind: usize,
        quantity: u32,
    },
    Pay(usize),
    /// The guest never pays.
    Expire(usize),
    /// The guest pays in the moment in which the hold ends.
    PayAtTheEnd(usize),
    /// All that is left of an order.
    GiveBack(usize),
    /// One ticket of it.
    GiveBackOne(usize),
    PassOn(usize),
    /// Which tier, its price, its places; or none.
    Tier(Option<(usize, i64, i64)>),
    Capacity(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Paid,
    Expired,
    Refunded,
}

/// A place of an order, in the order of its lines.
#[derive(Debug, Clone, Copy)]
struct Place {
    tier: Option<usize>,
    /// What a guest paid for it, fee included.
    cost: i64,
    passed_on: bool,
    back: bool,
}

struct Bought {
    order: Order,
    kind: usize,
    state: State,
    places: Vec<Place>,
}

impl Bought {
    fn cost(&self) -> i64 {
        self.places.iter().map(|place| place.cost).sum()
    }

    /// Places that nobody else can have.
    fn taken(&self) -> impl Iterator<Item = &Place> {
        let gone = self.state == State::Expired;
        self.places.iter().filter(move |place| !gone && !place.back)
    }
}

pub struct Club<'a> {
    stage: &'a Stage,
    event: EventChanged,
    tiers: [Uuid; 2],
    /// The tier that holds: which, its price, its places.
    tier: Option<(usize, i64, i64)>,
    capacity: [i64; 2],
    orders: Vec<Bought>,
    /// Money that went back.
    back: i64,
}

/// 0.50 and 2.5 %; the prices here divide evenly.
fn with_fee(price: i64) -> i64 {
    if price == 0 { 0 } else { price + 50 + price / 40 }
}

impl<'a> Club<'a> {
    pub async fn open(stage: &'a Stage) -> Self {
        let mut club = Self {
            stage,
            event: stage.event.clone(),
            tiers: [Uuid::now_v7(), Uuid::now_v7()],
            tier: None,
            capacity: [8, 4],
            orders: Vec::new(),
            back: 0,
        };
        club.publish().await;
        club
    }

    async fn publish(&mut self) {
        self.event.revision += 1;
        for (kind, capacity) in self.event.ticket_types.iter_mut().zip(self.capacity) {
            kind.capacity = capacity;
        }
        let tier = self.tier.map(|(which, price_minor, places)| PriceTier {
            tier_id: self.tiers[which].to_string(),
            name: format!("Tier {which}"),
            price_minor,
            places,
            until: 0,
        });
        self.event.ticket_types[0].tiers = tier.into_iter().collect();
        self.stage.publish(&self.event).await;
    }

    pub async fn play(&mut self, command: &Command) {
        match *command {
            Command::Hold { kind, quantity } => self.hold(kind, quantity).await,
            Command::Pay(nth) => self.pay(nth).await,
            Command::Expire(nth) => self.expire(nth).await,
            Command::PayAtTheEnd(nth) => self.pay_at_the_end(nth).await,
            Command::GiveBack(nth) => self.give_back(nth, usize::MAX).await,
            Command::GiveBackOne(nth) => self.give_back(nth, 1).await,
            Command::PassOn(nth) => self.pass_on(nth).await,
            Command::Tier(tier) => {
                self.tier = tier;
                self.publish().await;
            }
            Command::Capacity(places) => {
                self.capacity[0] = places;
                self.publish().await;
            }
        }
    }

    fn taken(&self, which: impl Fn(usize, &Place) -> bool) -> i64 {
        let orders = self.orders.iter();
        orders.map(|order| order.taken().filter(|place| which(order.kind, place)).count() as i64).sum()
    }

    /// The places an order would take, each at its price; none when there are too few.
    fn expected(&self, kind: usize, quantity: u32) -> Option<Vec<Place>> {
        let left = self.capacity[kind] - self.taken(|of, _| of == kind);
        if left < i64::from(quantity) {
            return None;
        }
        let place = |tier, price| Place { tier, cost: with_fee(price), passed_on: false, back: false };
        let (tier, price, places) = match self.tier {
            Some(tier) if kind == 0 => tier,
            _ => (0, 0, 0),
        };
        let cheap = (places - self.taken(|_, place| place.tier == Some(tier))).max(0);
        let base = if kind == 0 { REGULAR } else { 0 };
        let at = |n: i64| if n < cheap { place(Some(tier), price) } else { place(None, base) };
        Some((0..i64::from(quantity)).map(at).collect())
    }

    async fn hold(&mut self, kind: usize, quantity: u32) {
        let expected = self.expected(kind, quantity);
        let key = Uuid::now_v7().to_string();
        let (status, body) = self.stage.checkout(&key, &self.stage.wish(kind, quantity)).await;
        let Some(places) = expected else {
            assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")), "{body}");
            return;
        };
        assert_eq!(status, 201, "{body}");
        let state = if kind == 0 { State::Pending } else { State::Paid };
        let bought = Bought { order: Order::of(&body), kind, state, places };
        assert_eq!(body["quote"]["total"]["minor"], bought.cost(), "{body}");
        self.orders.push(bought);
    }

    /// The n-th order with which something can be done.
    fn nth(&self, nth: usize, fits: impl Fn(&Bought) -> bool) -> Option<usize> {
        let fitting: Vec<usize> =
            self.orders.iter().enumerate().filter(|(_, order)| fits(order)).map(|(at, _)| at).collect();
        fitting.get(nth % fitting.len().max(1)).copied()
    }

    fn pending(&self, nth: usize) -> Option<usize> {
        self.nth(nth, |order| order.state == State::Pending)
    }

    async fn pay(&mut self, nth: usize) {
        let Some(at) = self.pending(nth) else { return };
        self.stage.pay(&self.orders[at].order, CARD).await;
        let paid = self.stage.until(&self.orders[at].order, "paid").await;
        let tickets = paid["tickets"].as_array().map(Vec::len);
        assert_eq!(tickets, Some(self.orders[at].places.len()), "{paid}");
        self.orders[at].state = State::Paid;
    }

    async fn expire(&mut self, nth: usize) {
        let Some(at) = self.pending(nth) else { return };
        self.stage.free(&self.orders[at].order).await;
        self.orders[at].state = State::Expired;
    }

    /// Whoever comes first, Stripe's word is what counts: who has paid there has tickets, and else the places are free.
    async fn pay_at_the_end(&mut self, nth: usize) {
        let Some(at) = self.pending(nth) else { return };
        let order = self.orders[at].order.clone();
        let over = format!(
            "UPDATE orders SET held_until = now() - interval '1 minute', next_check_at = now()
             WHERE reference = '{}' AND state = 'pending'",
            order.reference
        );
        let ((), paid) = tokio::join!(self.stage.sql(&over), self.stage.paid_in_time(&order, CARD));
        let (state, name) = if paid { (State::Paid, "paid") } else { (State::Expired, "expired") };
        self.stage.until(&order, name).await;
        self.orders[at].state = state;
    }

    /// The first tickets of an order go back, at most so many; all of them as one order.
    async fn give_back(&mut self, nth: usize, most: usize) {
        let fits = |order: &Bought| order.state == State::Paid && order.cost() > 0;
        let Some(at) = self.nth(nth, fits) else { return };
        let order = self.orders[at].order.clone();
        let mut wish =
            json!({"key": Uuid::now_v7().to_string(), "reason": "the guest is ill", "keep_fees": false});
        if most == 1 {
            wish["tickets"] = json!([self.first_ticket(&order, "").await]);
        }
        let path = format!("/internal/v1/orders/{}/refunds", order.reference);
        let (status, answer) = self.stage.inside("marketing-admin", &path, Some(wish)).await;
        let bought = &mut self.orders[at];
        let mut cost = 0;
        for place in bought.places.iter_mut().filter(|place| !place.back).take(most) {
            cost += place.cost;
            place.back = true;
        }
        assert_eq!((status, &answer["amount_minor"]), (200, &json!(cost)), "{answer}");
        self.back += cost;
        if bought.places.iter().all(|place| place.back) {
            bought.state = State::Refunded;
            self.stage.until(&order, "refunded").await;
        }
    }

    async fn pass_on(&mut self, nth: usize) {
        let fits = |order: &Bought| {
            order.state == State::Paid && order.places.iter().any(|place| !place.back && !place.passed_on)
        };
        let Some(at) = self.nth(nth, fits) else { return };
        let order = self.orders[at].order.clone();
        let ticket = self.first_ticket(&order, OWN).await;
        let to = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
        let answer = self.stage.post(&order.file(&format!("tickets/{ticket}/transfer")), &to).await;
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap_or_default());
        let mut places = self.orders[at].places.iter_mut();
        let own = places.find(|place| !place.back && !place.passed_on);
        own.expect("one that fits").passed_on = true;
    }

    /// The first good ticket of an order, in the order of the model's places.
    async fn first_ticket(&self, order: &Order, which: &str) -> Uuid {
        #[derive(diesel::QueryableByName)]
        struct Found {
            #[diesel(sql_type = diesel::sql_types::Uuid)]
            id: Uuid,
        }
        let sql = format!(
            "SELECT t.id FROM purchase.tickets t JOIN purchase.order_lines l ON l.id = t.order_line_id
             JOIN purchase.orders o ON o.id = t.order_id
             WHERE o.reference = '{}' AND t.state = 'valid' {which} ORDER BY l.position, t.ordinal LIMIT 1",
            order.reference
        );
        let mut conn = self.stage.admin.conn().await.expect("a connection");
        let found: Found = diesel_async::RunQueryDsl::get_result(diesel::sql_query(sql), &mut *conn)
            .await
            .expect("a good ticket");
        found.id
    }

    /// Everything comes to rest; then the database, the sandbox and the model say the same.
    pub async fn agrees(&self) {
        let stage = self.stage;
        stage.until_count("SELECT count(*) FROM refunds WHERE state <> 'succeeded'", 0).await;
        stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
        for kind in 0..2 {
            let taken = self.taken(|of, _| of == kind);
            let of = |column: &str| format!("SELECT {column} FROM stock WHERE id = '{}'", stage.kind(kind));
            let held = self.orders.iter().filter(|order| order.kind == kind && order.state == State::Pending);
            let held: usize = held.map(|order| order.places.len()).sum();
            assert_eq!(stage.count(&of("held")).await, held as i64, "held of {kind}");
            assert_eq!(stage.count(&of("sold")).await, taken - held as i64, "sold of {kind}");
        }
        for (which, tier) in self.tiers.iter().enumerate() {
            let sum = format!("SELECT coalesce(sum(held + sold), 0) FROM stock WHERE id = '{tier}'");
            let taken = self.taken(|_, place| place.tier == Some(which));
            assert_eq!(stage.count(&sum).await, taken, "taken of tier {which}");
        }
        self.tickets_agree().await;
        let settled = [State::Paid, State::Refunded];
        let paid = self.orders.iter().filter(|order| settled.contains(&order.state));
        let captured: i64 = paid.map(Bought::cost).sum();
        let state = stage.sandbox_state().await;
        let of = |name: &str| state["money"]["eur"][name].as_i64().unwrap_or_default();
        assert_eq!((of("captured"), of("refunded")), (captured, self.back), "what Stripe took and gave back");
        stage.audit().await;
        stage.all_is_well().await;
    }

    async fn tickets_agree(&self) {
        let settled = [State::Paid, State::Refunded];
        let issued = self.orders.iter().filter(|order| settled.contains(&order.state));
        let places: Vec<&Place> = issued.flat_map(|order| &order.places).collect();
        let back = places.iter().filter(|place| place.back).count();
        let passed = places.iter().filter(|place| place.passed_on).count();
        for (state, expected) in [("valid", places.len() - back), ("refunded", back), ("revoked", passed)] {
            let sql = format!("SELECT count(*) FROM tickets WHERE state = '{state}'");
            assert_eq!(self.stage.count(&sql).await, expected as i64, "{state} tickets");
        }
    }
}

/// Those that the order's guest still has.
const OWN: &str = "AND NOT EXISTS (SELECT FROM purchase.ticket_transfers x WHERE x.to_ticket = t.id)";
