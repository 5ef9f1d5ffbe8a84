//! What Stripe said, and what is booked, compared and receipted.

diesel::table! {
    webhook_events (id) {
        id -> Text,
        kind -> Text,
        session_id -> Nullable<Text>,
        body -> Text,
        state -> Text,
        outcome -> Nullable<Text>,
        tries -> Int4,
        next_try_at -> Timestamptz,
        received_at -> Timestamptz,
        processed_at -> Nullable<Timestamptz>,
        traceparent -> Nullable<Text>,
    }
}

diesel::table! {
    stripe_movements (id) {
        id -> Text,
        kind -> Text,
        payment_intent -> Text,
        order_id -> Nullable<Uuid>,
        amount_minor -> Int8,
        currency -> Text,
        happened_at -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    reconciliations (id) {
        id -> Int8,
        since -> Timestamptz,
        started_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        sessions -> Int8,
        adopted -> Int8,
        movements -> Int8,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    ledger_transactions (id) {
        id -> Uuid,
        source -> Text,
        source_id -> Uuid,
        order_id -> Nullable<Uuid>,
        booked_at -> Timestamptz,
    }
}

diesel::table! {
    ledger_entries (transaction_id, position) {
        transaction_id -> Uuid,
        position -> Int4,
        account -> Text,
        currency -> Text,
        amount_minor -> Int8,
    }
}

diesel::table! {
    receipt_series (year) {
        year -> Int4,
        last -> Int8,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    receipt_numbers (order_id) {
        order_id -> Uuid,
        year -> Int4,
        number -> Int8,
        issued_at -> Timestamptz,
        seller -> Jsonb,
    }
}
