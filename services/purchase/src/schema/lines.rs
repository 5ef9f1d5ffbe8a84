//! Who waits: for places, for the sale, or before the checkout.

diesel::table! {
    waitlist (id) {
        id -> Uuid,
        place -> Int8,
        event_id -> Uuid,
        ticket_type_id -> Uuid,
        state -> Text,
        name -> Text,
        email -> Text,
        language -> Text,
        party -> Int4,
        places -> Int4,
        short_since -> Nullable<Timestamptz>,
        joined_at -> Timestamptz,
        offered_at -> Nullable<Timestamptz>,
        offered_until -> Nullable<Timestamptz>,
        stock_ids -> Array<Uuid>,
        order_id -> Nullable<Uuid>,
        settled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    waitlist_nights (event_id) {
        event_id -> Uuid,
    }
}

diesel::table! {
    waiting_rooms (event_id) {
        event_id -> Uuid,
        handed_out -> Int8,
        admitted -> Int8,
        lapsed -> Int8,
        reckoned_at -> Timestamptz,
        open_since -> Nullable<Timestamptz>,
        empty_since -> Nullable<Timestamptz>,
        counted_from -> Timestamptz,
        arrivals -> Int8,
        marks -> Jsonb,
        switch -> Text,
        per_minute -> Nullable<Int4>,
    }
}

diesel::table! {
    waiting_room_passes (event_id, place) {
        event_id -> Uuid,
        place -> Int8,
        buyer -> Bytea,
        requests -> Array<Bytea>,
        used_at -> Timestamptz,
    }
}

diesel::table! {
    sale_reminders (id) {
        id -> Uuid,
        event_id -> Uuid,
        guest -> Text,
        email -> Text,
        language -> Text,
        network -> Nullable<Text>,
        asked_at -> Timestamptz,
        mailed_at -> Nullable<Timestamptz>,
        presale_code -> Nullable<Text>,
    }
}

diesel::table! {
    presales (event_id) {
        event_id -> Uuid,
        access_code -> Text,
        opened_at -> Timestamptz,
    }
}
