//! purchase and scanner as far as the desk asks them: the real handlers, on their own schemas of the test's database.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;
use db::{Db, Owner};
use diesel_async::SimpleAsyncConnection;
use domain::clock::{SharedClock, SystemClock};
use heal::overdue::{self, Overdue};
use heal::{Operated, letters, trail, witness};
use web::{App, Context, Running, ServiceCaller, callers};

use crate::house::House;

/// A neighbour.
pub struct Neighbour {
    pub owner: Owner,
    running: Running,
}

struct Place {
    db: Db,
    clock: SharedClock,
}

impl Operated for Place {
    fn db(&self) -> &Db {
        &self.db
    }

    fn clock(&self) -> &SharedClock {
        &self.clock
    }
}

impl Neighbour {
    /// Starts it.
    pub async fn open(house: &House, owner: Owner) -> Self {
        let place = Data::new(Place { db: house.database.db(owner), clock: Arc::new(SystemClock) });
        let app = App::new(house.neighbour(owner.name()), Context::default())
            .internal(|routes| {
                routes
                    .get("/internal/v1/overdue", overdue::list::<Place>)
                    .get("/internal/v1/audit", trail::list::<Place>)
                    .get("/internal/v1/audit/head", witness::head::<Place>)
                    .get("/internal/v1/dead-letters", letters::list::<Place>)
                    .post("/internal/v1/dead-letters/replay", letters::replay_all::<Place>)
                    .post("/internal/v1/dead-letters/{letter}/replay", letters::replay::<Place>);
            })
            .data(move |service| {
                service.app_data(place.clone());
            });
        Self { owner, running: web::boot::start(app).await.expect("free ports") }
    }

    /// One that says that this is overdue.
    pub async fn saying(house: &House, owner: Owner, overdue: Vec<Overdue>) -> Self {
        let app = App::new(house.neighbour(owner.name()), Context::default()).internal(move |routes| {
            let overdue = overdue.clone();
            routes.get("/internal/v1/overdue", move |_: ServiceCaller<callers::Desk>| {
                let said = HttpResponse::Ok().json(&overdue);
                async move { said }
            });
        });
        Self { owner, running: web::boot::start(app).await.expect("free ports") }
    }

    /// Its internal address.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.internal)
    }

    /// It goes away.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

impl House {
    /// The desk with both neighbours.
    pub async fn among_neighbours() -> (Self, Neighbour, Neighbour) {
        let mut house = Self::unopened().await;
        let purchase = Neighbour::open(&house, Owner::Purchase).await;
        let scanner = Neighbour::open(&house, Owner::Scanner).await;
        (house.purchase_url, house.scanner_url) = (purchase.url(), scanner.url());
        house.move_in().await;
        (house, purchase, scanner)
    }

    /// Does something that no service may, or that another has done.
    pub async fn as_admin(&self, sql: &str) {
        let admin = Db::connect(&db::DbSettings::new(&self.database.admin_url())).expect("sound settings");
        admin.conn().await.expect("a connection").batch_execute(sql).await.expect(sql);
    }

    /// The same count as [`Self::count`], seen by the administrator: in any schema.
    pub async fn count_anywhere(&self, sql: &str) -> i64 {
        let admin = Db::connect(&db::DbSettings::new(&self.database.admin_url())).expect("sound settings");
        crate::house::count(&mut admin.conn().await.expect("a connection"), sql).await
    }
}
