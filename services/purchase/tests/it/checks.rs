//! The checks of the whole system's audit that look at sales and money alone, on the database of one test. The statements are
//! those that `crates/e2e` runs after every fault, read from where they stand: a service's tests can't depend on that crate.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::stage::{LOOKS, Stage, pause};

#[path = "../../../../crates/e2e/src/audit/money.rs"]
mod money;
#[path = "../../../../crates/e2e/src/audit/sales.rs"]
mod sales;

/// What must hold, and the statement that lists where it does not.
#[derive(Debug, Clone, Copy)]
struct Check {
    name: &'static str,
    statement: &'static str,
}

const fn check(name: &'static str, statement: &'static str) -> Check {
    Check { name, statement }
}

#[derive(Debug, diesel::QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Text)]
    wrong: String,
}

impl Stage {
    /// All that is wrong now.
    pub async fn wrongs(&self) -> Vec<String> {
        let told = provider(&self.sandbox_state().await);
        let mut conn = self.admin.conn().await.expect("a connection");
        diesel::sql_query("SELECT set_config('audit.provider', $1, false)")
            .bind::<Text, _>(told.to_string())
            .execute(&mut *conn)
            .await
            .expect("a setting");
        let mut wrongs = Vec::new();
        for check in sales::CHECKS.iter().chain(money::CHECKS) {
            let rows: Vec<Wrong> =
                diesel::sql_query(check.statement).load(&mut *conn).await.expect(check.name);
            wrongs.extend(rows.into_iter().map(|row| format!("{}: {}", check.name, row.wrong)));
        }
        wrongs
    }

    /// Waits until nothing is wrong: what is under way may take a moment.
    pub async fn all_is_well(&self) {
        let mut wrongs = Vec::new();
        for _ in 0..LOOKS {
            wrongs = self.wrongs().await;
            if wrongs.is_empty() {
                return;
            }
            pause().await;
        }
        panic!("still wrong: {wrongs:#?}");
    }
}

/// What the checks need of what the sandbox says.
fn provider(state: &Value) -> Value {
    let money = state["money"].as_object().into_iter().flatten();
    let money = money.map(|(currency, money)| {
        json!({
            "currency": currency.to_uppercase(), "captured": money["captured"], "refunded": money["refunded"],
            "disputed": money["disputed"], "dispute_fees": money["dispute_fees"],
        })
    });
    json!({"payments": state["payments"], "disputes": state["disputes"], "money": money.collect::<Vec<_>>()})
}
