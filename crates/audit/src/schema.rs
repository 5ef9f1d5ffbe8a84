//! The table of the migrations `audit`, the same in each service's schema.

diesel::table! {
    audit_log (id) {
        id -> Uuid,
        at -> Timestamptz,
        staff_id -> Nullable<Uuid>,
        actor -> Text,
        action -> Text,
        target -> Text,
        request_id -> Text,
        reason -> Nullable<Text>,
        detail -> Jsonb,
    }
}

#[cfg(test)]
mod tests {
    use db::Owner;
    use db::testing::TestDatabase;
    use db::testing::shape::{self, Shape};

    use super::audit_log;

    #[tokio::test]
    async fn diesel_sees_the_table_as_it_is() {
        let database = TestDatabase::create().await;
        for owner in Owner::ALL {
            let shapes = [Shape::of::<audit_log::table>()];
            let differences = shape::differences(&database, owner, include_str!("schema.rs"), &shapes).await;
            assert_eq!(differences.expect("a comparison"), [""; 0], "{owner}");
        }
    }

    #[test]
    fn every_schema_has_the_same_text() {
        let texts = [
            include_str!("../../../migrations/purchase/0003_audit/up.sql"),
            include_str!("../../../migrations/scanner/0004_audit/up.sql"),
            include_str!("../../../migrations/marketing_admin/0003_audit/up.sql"),
        ];
        assert!(texts.iter().all(|text| *text == texts[0]));
        let chains = [
            include_str!("../../../migrations/purchase/0045_audit_chain/up.sql"),
            include_str!("../../../migrations/scanner/0018_audit_chain/up.sql"),
            include_str!("../../../migrations/marketing_admin/0022_audit_chain/up.sql"),
        ];
        assert!(chains.iter().all(|text| *text == chains[0]));
        let heads = [
            include_str!("../../../migrations/purchase/0048_witnessed_heads/up.sql"),
            include_str!("../../../migrations/marketing_admin/0026_witnessed_heads/up.sql"),
        ];
        assert!(heads.iter().all(|text| *text == heads[0]));
    }
}
