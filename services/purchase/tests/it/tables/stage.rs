//! A night with a floor plan.

use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::{
    Bottle, EventChanged, FloorPlanChanged, PlanFeature, PlanPlace, PlanRoom, PlanTable,
};
use purchase::catalog::consume::{Applied, NotApplied};
use uuid::Uuid;

use crate::stage::{LOOKS, Stage, pause};

fn place(x: i64, y: i64, width: i64, height: i64) -> Option<PlanPlace> {
    Some(PlanPlace { x, y, width, height, turn: 0 })
}

/// The plan of a stage's night.
pub fn plan_of(stage: &Stage) -> FloorPlanChanged {
    plan_for(&stage.event)
}

/// Three tables: 1 and 2 for four and eight, 3 kept by the club.
pub fn plan_for(event: &EventChanged) -> FloorPlanChanged {
    let room_id = Uuid::now_v7().to_string();
    let table = |label: &str, shape: &str, seats: i64, x: i64, for_sale: bool| PlanTable {
        table_id: Uuid::now_v7().to_string(),
        label: label.to_owned(),
        shape: shape.to_owned(),
        seats,
        room_id: room_id.clone(),
        place: place(x, 300, 80, 80),
        for_sale,
        minimum_minor: 50_000,
        deposit_minor: 10_000,
        includes: "1 bottle of mezcal, <4> mixers".to_owned(),
        photo_url: String::new(),
    };
    FloorPlanChanged {
        event_id: event.event_id.clone(),
        revision: 1,
        width: 1000,
        height: 600,
        background_url: String::new(),
        rooms: vec![PlanRoom {
            room_id: room_id.clone(),
            name: "Main room".into(),
            place: place(0, 0, 1000, 600),
        }],
        features: vec![PlanFeature {
            feature_id: Uuid::now_v7().to_string(),
            kind: "stage".into(),
            label: String::new(),
            place: place(300, 10, 400, 120),
        }],
        tables: vec![
            table("1", "round", 4, 100, true),
            table("2", "booth", 8, 200, true),
            table("3", "square", 6, 700, false),
        ],
        menu: vec![Bottle {
            bottle_id: Uuid::now_v7().to_string(),
            name: "Mezcal Joven".into(),
            price_minor: 18_000,
        }],
        zone_id: event.zones[0].zone_id.clone(),
        release_after_minutes: 60,
        open: true,
        changed_at: SystemClock.now().timestamp_millis(),
        asks_first: false,
    }
}

impl Stage {
    /// Takes a plan over as the consumer would; what became of it.
    pub async fn tell_plan(&self, plan: &FloorPlanChanged) -> Result<Applied, NotApplied> {
        let now = SystemClock.now();
        self.purchase.transaction(async |conn| purchase::tables::consume::apply(conn, plan, now).await).await
    }

    /// The same, of a plan that must be sound.
    pub async fn publish_plan(&self, plan: &FloorPlanChanged) {
        self.tell_plan(plan).await.expect("a sound plan");
    }

    /// A night whose plan is open.
    pub async fn with_tables() -> (Self, FloorPlanChanged) {
        let stage = Self::open().await;
        let plan = plan_of(&stage);
        stage.publish_plan(&plan).await;
        (stage, plan)
    }

    /// As if a party held so many places of a table, and had paid for so many.
    pub async fn seat_party(&self, table: &str, held: i64, sold: i64) {
        self.sql(&format!("UPDATE stock SET held = {held}, sold = {sold} WHERE id = '{table}'")).await;
    }

    /// Waits until a page says so: what it shows may be a moment old.
    pub async fn until_says(&self, path: &str, says: &str) -> String {
        let mut html = String::new();
        for _ in 0..LOOKS {
            html = self.get(path).await.text().await.expect("a page");
            if html.contains(says) {
                return html;
            }
            pause().await;
        }
        panic!("{path} never said {says:?}: {html}");
    }
}
