//! Floor plans, and who has which table.

diesel::table! {
    floor_plans (event_id) {
        event_id -> Uuid,
        revision -> Int8,
        open -> Bool,
        message -> Bytea,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    reservations (id) {
        id -> Uuid,
        event_id -> Uuid,
        order_id -> Nullable<Uuid>,
        state -> Text,
        revision -> Int8,
        party -> Int4,
        booker_name -> Text,
        booker_email -> Text,
        language -> Text,
        arrives_at -> Timestamptz,
        occasion -> Text,
        wish -> Text,
        host -> Text,
        promoter -> Text,
        preorder -> Jsonb,
        currency -> Text,
        minimum_minor -> Int8,
        deposit_minor -> Int8,
        spent_minor -> Int8,
        made_at -> Timestamptz,
        changed_at -> Timestamptz,
        checked_in_at -> Nullable<Timestamptz>,
        closed_at -> Nullable<Timestamptz>,
        asked -> Bool,
    }
}

diesel::table! {
    reservation_commands (key) {
        key -> Text,
        reservation_id -> Uuid,
        fingerprint -> Bytea,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    reserved_tables (reservation_id, table_id) {
        reservation_id -> Uuid,
        table_id -> Uuid,
        event_id -> Uuid,
        position -> Int4,
        live -> Bool,
    }
}
