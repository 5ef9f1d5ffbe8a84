//! What was paid, what goes back, and what waits for a person.

diesel::table! {
    payments (id) {
        id -> Uuid,
        order_id -> Uuid,
        session_id -> Text,
        payment_intent -> Text,
        amount_minor -> Int8,
        currency -> Text,
        purpose -> Text,
        captured_at -> Timestamptz,
        refunded_minor -> Int8,
    }
}

diesel::table! {
    refunds (id) {
        id -> Uuid,
        payment_id -> Nullable<Uuid>,
        order_id -> Uuid,
        scope -> Text,
        amount_minor -> Int8,
        fees_minor -> Int8,
        tax_minor -> Int8,
        currency -> Text,
        reason -> Text,
        state -> Text,
        settled_how -> Nullable<Text>,
        key -> Nullable<Text>,
        anyway -> Bool,
        stripe_refund -> Nullable<Text>,
        tries -> Int4,
        refusals -> Int4,
        next_try_at -> Timestamptz,
        problem -> Nullable<Text>,
        failed_before -> Array<Text>,
        retried_at -> Nullable<Timestamptz>,
        door_due_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
        credit_minor -> Int8,
        as_credit -> Bool,
    }
}

diesel::table! {
    refund_tickets (refund_id, ticket_id) {
        refund_id -> Uuid,
        ticket_id -> Uuid,
        withdrawn -> Bool,
        inside -> Nullable<Bool>,
    }
}

diesel::table! {
    cancellations (event_id) {
        event_id -> Uuid,
        started_at -> Timestamptz,
        reopened_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    disputes (id) {
        id -> Uuid,
        stripe_dispute -> Text,
        payment_id -> Uuid,
        order_id -> Uuid,
        revision -> Int8,
        status -> Text,
        reason -> Text,
        currency -> Text,
        amount_minor -> Int8,
        movements -> Int4,
        taken_minor -> Int8,
        fees_minor -> Int8,
        answer_by -> Nullable<Timestamptz>,
        answers -> Int4,
        opened_at -> Timestamptz,
        noted_at -> Timestamptz,
        changed_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    dispute_marks (email) {
        email -> Text,
        dispute_id -> Uuid,
        marked_at -> Timestamptz,
        cleared_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    quarantine (id) {
        id -> Uuid,
        kind -> Text,
        object_id -> Text,
        payment_intent -> Nullable<Text>,
        order_id -> Nullable<Uuid>,
        amount_minor -> Nullable<Int8>,
        currency -> Nullable<Text>,
        note -> Text,
        noted_at -> Timestamptz,
        resolved_at -> Nullable<Timestamptz>,
    }
}
