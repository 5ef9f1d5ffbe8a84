//! Orders, what they are of, and the tries to pay for them.

diesel::table! {
    orders (id) {
        id -> Uuid,
        reference -> Text,
        event_id -> Uuid,
        state -> Text,
        revision -> Int8,
        buyer_name -> Text,
        buyer_email -> Text,
        language -> Text,
        currency -> Text,
        total_minor -> Int8,
        promo_id -> Nullable<Uuid>,
        promo_code -> Nullable<Text>,
        promoter -> Text,
        held_until -> Timestamptz,
        created_at -> Timestamptz,
        paid_at -> Nullable<Timestamptz>,
        expired_at -> Nullable<Timestamptz>,
        refunded_at -> Nullable<Timestamptz>,
        next_check_at -> Timestamptz,
        client -> Nullable<Text>,
        client_network -> Nullable<Text>,
        receipted -> Bool,
        channel -> Text,
        exchanges -> Nullable<Uuid>,
    }
}

diesel::table! {
    order_lines (id) {
        id -> Uuid,
        order_id -> Uuid,
        position -> Int4,
        kind -> Text,
        ticket_type_id -> Nullable<Uuid>,
        label -> Text,
        quantity -> Int4,
        places -> Int4,
        unit_minor -> Int8,
        total_minor -> Int8,
        tax_minor -> Int8,
        tax_basis_points -> Int8,
        absorbed_fee_minor -> Int8,
        stock_ids -> Array<Uuid>,
    }
}

diesel::table! {
    order_answers (id) {
        id -> Uuid,
        order_id -> Uuid,
        position -> Int4,
        question_id -> Uuid,
        ticket_type_id -> Nullable<Uuid>,
        ticket_number -> Nullable<Int4>,
        kind -> Text,
        label -> Text,
        value -> Text,
        shown -> Text,
        answered_at -> Timestamptz,
    }
}

diesel::table! {
    checkout_requests (key) {
        key -> Text,
        fingerprint -> Bytea,
        order_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    attempts (id) {
        id -> Uuid,
        order_id -> Uuid,
        state -> Text,
        request -> Jsonb,
        lease_until -> Timestamptz,
        session_id -> Nullable<Text>,
        checkout_url -> Nullable<Text>,
        problem -> Nullable<Text>,
        declined -> Nullable<Text>,
        processing -> Bool,
        created_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
    }
}
