//! The tables of migration `0001_messaging`, the same in each service's schema.

diesel::table! {
    outbox (message_id) {
        message_id -> Uuid,
        subject -> Text,
        aggregate -> Text,
        revision -> Int8,
        payload -> Nullable<Bytea>,
        traceparent -> Nullable<Text>,
        created_at -> Timestamptz,
        wakes -> Bool,
        sent_at -> Nullable<Timestamptz>,
        stream_sequence -> Nullable<Int8>,
        failed_at -> Nullable<Timestamptz>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    inbox (durable, message_id) {
        durable -> Text,
        message_id -> Uuid,
        outcome -> Text,
        handled_at -> Timestamptz,
    }
}

diesel::table! {
    dead_letters (id) {
        id -> Int8,
        durable -> Text,
        message_id -> Uuid,
        subject -> Text,
        aggregate -> Nullable<Text>,
        payload -> Bytea,
        traceparent -> Nullable<Text>,
        published_at -> Timestamptz,
        error -> Text,
        attempts -> Int8,
        died_at -> Timestamptz,
        replay_asked_at -> Nullable<Timestamptz>,
        replayed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    relay_state (stream) {
        stream -> Text,
        stream_created -> Timestamptz,
        last_sequence -> Int8,
        checked_at -> Timestamptz,
    }
}

#[cfg(test)]
mod tests {
    use db::Owner;
    use db::testing::TestDatabase;
    use db::testing::shape::{self, Shape};

    use super::*;

    #[tokio::test]
    async fn diesel_sees_the_tables_as_they_are() {
        let database = TestDatabase::create().await;
        for owner in Owner::ALL {
            let shapes = [
                Shape::of::<outbox::table>(),
                Shape::of::<inbox::table>(),
                Shape::of::<dead_letters::table>(),
                Shape::of::<relay_state::table>(),
            ];
            let differences = shape::differences(&database, owner, include_str!("schema.rs"), &shapes).await;
            assert_eq!(differences.expect("a comparison"), [""; 0], "{owner}");
        }
    }
}
