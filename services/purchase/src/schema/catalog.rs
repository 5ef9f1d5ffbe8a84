//! Nights, what is sold of them, and the codes that make it cheaper.

diesel::table! {
    events (id) {
        id -> Uuid,
        revision -> Int8,
        slug -> Text,
        title -> Text,
        description -> Text,
        status -> Text,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        entry_from -> Timestamptz,
        time_zone -> Text,
        venue_name -> Text,
        venue_address -> Text,
        currency -> Text,
        fee_fixed_minor -> Int8,
        fee_basis_points -> Int8,
        fee_absorbed -> Bool,
        terms -> Jsonb,
        changed_at -> Timestamptz,
        shut_revision -> Nullable<Int8>,
    }
}

diesel::table! {
    ticket_types (id) {
        id -> Uuid,
        event_id -> Uuid,
        name -> Text,
        description -> Text,
        price_minor -> Int8,
        min_per_order -> Int4,
        max_per_order -> Int4,
        sale_from -> Nullable<Timestamptz>,
        sale_until -> Nullable<Timestamptz>,
        zone_id -> Uuid,
        position -> Int4,
        attention -> Text,
        terms -> Jsonb,
        shared_cap_id -> Nullable<Uuid>,
        withdrawn -> Bool,
    }
}

diesel::table! {
    stock (id) {
        id -> Uuid,
        event_id -> Uuid,
        ticket_type_id -> Nullable<Uuid>,
        asked_capacity -> Int8,
        capacity -> Int8,
        held -> Int8,
        sold -> Int8,
    }
}

diesel::table! {
    stock_clamps (stock_id, event_revision) {
        stock_id -> Uuid,
        event_revision -> Int8,
        asked_capacity -> Int8,
        held -> Int8,
        sold -> Int8,
        noted_at -> Timestamptz,
    }
}

diesel::table! {
    promos (id) {
        id -> Uuid,
        revision -> Int8,
        off -> Jsonb,
        currency -> Text,
        event_id -> Nullable<Uuid>,
        ticket_type_ids -> Array<Uuid>,
        minimum_minor -> Int8,
        valid_from -> Nullable<Timestamptz>,
        valid_until -> Nullable<Timestamptz>,
        most -> Nullable<Int8>,
        ceiling -> Nullable<Int8>,
        most_per_guest -> Nullable<Int8>,
        single_use -> Bool,
        promoter -> Text,
        active -> Bool,
        taken -> Int8,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    promo_codes (code) {
        code -> Text,
        promo_id -> Uuid,
        single_use -> Bool,
        taken -> Int8,
        withdrawn -> Bool,
    }
}

diesel::table! {
    promo_redemptions (order_id) {
        order_id -> Uuid,
        promo_id -> Uuid,
        code -> Text,
        guest -> Text,
        state -> Text,
    }
}
