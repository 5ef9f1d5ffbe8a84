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
