//! Tickets, who has them now, and the mails that are wished for.

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
        buyer_email_hash -> Bytea,
        birth_date -> Nullable<Date>,
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
