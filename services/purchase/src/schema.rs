//! The tables of the `purchase` schema as diesel sees them. Written by hand (the diesel CLI needs libpq) and held to
//! the migrated database by a test.

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
    tickets (id) {
        id -> Uuid,
        order_id -> Uuid,
        order_line_id -> Uuid,
        ordinal -> Int4,
        event_id -> Uuid,
        ticket_type_id -> Uuid,
        type_name -> Text,
        zone_id -> Uuid,
        holder_name -> Text,
        attention -> Text,
        state -> Text,
        revision -> Int8,
        issued_at -> Timestamptz,
        changed_at -> Timestamptz,
        place_freed -> Bool,
        disputed_before -> Bool,
        admit_until -> Nullable<Timestamptz>,
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

diesel::table! {
    mail_wishes (id) {
        id -> Uuid,
        order_id -> Nullable<Uuid>,
        guest -> Nullable<Text>,
        network -> Nullable<Text>,
        language -> Text,
        asked_at -> Timestamptz,
        done_at -> Nullable<Timestamptz>,
        mailed -> Bool,
    }
}

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
    ticket_shares (id) {
        id -> Uuid,
        ticket_id -> Uuid,
        to_name -> Text,
        to_email -> Text,
        to_language -> Text,
        shared_at -> Timestamptz,
    }
}

diesel::table! {
    ticket_transfers (from_ticket) {
        from_ticket -> Uuid,
        to_ticket -> Uuid,
        to_name -> Text,
        to_email -> Text,
        to_language -> Text,
        to_buyer -> Bool,
        transferred_at -> Timestamptz,
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

diesel::joinable!(ticket_types -> events (event_id));
diesel::joinable!(promo_codes -> promos (promo_id));
diesel::table! {
    cancellations (event_id) {
        event_id -> Uuid,
        started_at -> Timestamptz,
        reopened_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
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
diesel::joinable!(orders -> events (event_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(attempts -> orders (order_id));
diesel::joinable!(tickets -> orders (order_id));
diesel::allow_tables_to_appear_in_same_query!(
    events,
    ticket_types,
    stock,
    promos,
    promo_codes,
    promo_redemptions,
    orders,
    order_lines,
    checkout_requests,
    attempts,
    payments,
    refunds,
    refund_tickets,
    disputes,
    cancellations,
    webhook_events,
    quarantine,
    tickets,
    ledger_transactions,
    ledger_entries,
    receipt_numbers,
    order_answers,
    sale_reminders,
    presales,
    ticket_shares,
    ticket_transfers,
    waitlist,
    waitlist_nights,
);

#[cfg(test)]
mod tests {
    use db::Owner;
    use db::testing::TestDatabase;
    use db::testing::shape::{self, Shape};

    use super::*;

    #[tokio::test]
    async fn diesel_sees_the_tables_as_they_are() {
        let database = TestDatabase::create().await;
        let shapes = [
            Shape::of::<events::table>(),
            Shape::of::<ticket_types::table>(),
            Shape::of::<stock::table>(),
            Shape::of::<stock_clamps::table>(),
            Shape::of::<promos::table>(),
            Shape::of::<promo_codes::table>(),
            Shape::of::<promo_redemptions::table>(),
            Shape::of::<orders::table>(),
            Shape::of::<order_lines::table>(),
            Shape::of::<checkout_requests::table>(),
            Shape::of::<attempts::table>(),
            Shape::of::<payments::table>(),
            Shape::of::<refunds::table>(),
            Shape::of::<refund_tickets::table>(),
            Shape::of::<disputes::table>(),
            Shape::of::<dispute_marks::table>(),
            Shape::of::<cancellations::table>(),
            Shape::of::<stripe_movements::table>(),
            Shape::of::<reconciliations::table>(),
            Shape::of::<webhook_events::table>(),
            Shape::of::<quarantine::table>(),
            Shape::of::<ledger_transactions::table>(),
            Shape::of::<ledger_entries::table>(),
            Shape::of::<tickets::table>(),
            Shape::of::<receipt_series::table>(),
            Shape::of::<receipt_numbers::table>(),
            Shape::of::<ticket_transfers::table>(),
            Shape::of::<ticket_shares::table>(),
            Shape::of::<order_answers::table>(),
            Shape::of::<sale_reminders::table>(),
            Shape::of::<presales::table>(),
            Shape::of::<mail_wishes::table>(),
            Shape::of::<waitlist::table>(),
            Shape::of::<waitlist_nights::table>(),
            Shape::of::<waiting_rooms::table>(),
            Shape::of::<waiting_room_passes::table>(),
        ];
        let differences =
            shape::differences(&database, Owner::Purchase, include_str!("schema.rs"), &shapes).await;
        assert_eq!(differences.expect("a comparison"), [""; 0]);
    }
}
