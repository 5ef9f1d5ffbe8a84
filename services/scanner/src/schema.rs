//! The tables of migrations/scanner as diesel sees them. What is written by SQL functions and statements of the stores alone (`scans`,
//! `entries`, `exits`, `counts`, `undos`, `devices` and others) does not appear here.

diesel::table! {
    events (id) {
        id -> Uuid,
        revision -> Int8,
        slug -> Text,
        title -> Text,
        status -> Text,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        entry_from -> Timestamptz,
        entry_until -> Timestamptz,
        time_zone -> Text,
        venue_name -> Text,
        changed_at -> Timestamptz,
        heard_at -> Timestamptz,
    }
}

diesel::table! {
    zones (id) {
        id -> Uuid,
        event_id -> Uuid,
        name -> Text,
        active -> Bool,
    }
}

diesel::table! {
    gates (id) {
        id -> Uuid,
        event_id -> Uuid,
        zone_id -> Uuid,
        name -> Text,
        active -> Bool,
    }
}

diesel::table! {
    ticket_types (id) {
        id -> Uuid,
        event_id -> Uuid,
        name -> Text,
        zone_id -> Uuid,
        entries_allowed -> Nullable<Int2>,
        admit_from -> Nullable<Timestamptz>,
        admit_until -> Nullable<Timestamptz>,
        asks_id -> Bool,
        rotating_code -> Bool,
    }
}

diesel::table! {
    admissions (ticket_id) {
        ticket_id -> Uuid,
        revision -> Int8,
        event_id -> Uuid,
        ticket_type_id -> Uuid,
        type_name -> Text,
        zone_id -> Uuid,
        holder_name -> Text,
        order_reference -> Text,
        buyer_email_hash -> Bytea,
        status -> Text,
        attention -> Text,
        changed_at -> Timestamptz,
        admit_until -> Nullable<Timestamptz>,
        banned -> Bool,
        name_key -> Text,
        ban_note -> Text,
        birth_date -> Nullable<Date>,
    }
}

diesel::table! {
    occupancy (event_id) {
        event_id -> Uuid,
        inside -> Int8,
        revision -> Int8,
        limit_people -> Nullable<Int4>,
        zones_limited -> Bool,
        uncounted -> Int8,
    }
}

diesel::table! {
    ended_sessions (session_id) {
        session_id -> Uuid,
        ended_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked -> Bool,
    }
}

diesel::table! {
    door_settings (singleton) {
        singleton -> Bool,
        photos_on -> Bool,
        consent_en -> Text,
        consent_es -> Text,
        photo_days -> Int2,
        ban_days -> Int2,
        incident_days -> Int2,
        data_age_minutes -> Int4,
    }
}

diesel::table! {
    bans (id) {
        id -> Uuid,
        person_name -> Text,
        name_key -> Nullable<Text>,
        document_hash -> Nullable<Bytea>,
        photo_note -> Text,
        photo -> Nullable<Uuid>,
        reason -> Text,
        from_at -> Timestamptz,
        until_at -> Nullable<Timestamptz>,
        in_force -> Bool,
        created_at -> Timestamptz,
        created_by -> Uuid,
        created_by_name -> Text,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        ended_by_name -> Nullable<Text>,
        appeal_note -> Nullable<Text>,
    }
}

diesel::table! {
    incidents (id) {
        id -> Uuid,
        device -> Uuid,
        nonce -> Text,
        content -> Bytea,
        event_id -> Uuid,
        gate_id -> Nullable<Uuid>,
        kind -> Text,
        text -> Text,
        ticket_id -> Nullable<Uuid>,
        order_reference -> Nullable<Text>,
        at -> Timestamptz,
        recorded_at -> Timestamptz,
        staff_id -> Uuid,
        staff_name -> Text,
        photo -> Nullable<Uuid>,
    }
}

diesel::table! {
    incident_notes (id) {
        id -> Uuid,
        incident_id -> Uuid,
        text -> Text,
        at -> Timestamptz,
        staff_id -> Uuid,
        staff_name -> Text,
        closes -> Bool,
    }
}

diesel::table! {
    photos (id) {
        id -> Uuid,
        subject -> Text,
        ticket_id -> Nullable<Uuid>,
        consent -> Bool,
        jpeg -> Bytea,
        taken_at -> Timestamptz,
        staff_id -> Uuid,
    }
}

diesel::joinable!(gates -> events (event_id));
diesel::joinable!(gates -> zones (zone_id));
diesel::allow_tables_to_appear_in_same_query!(events, zones, gates, occupancy);

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
            Shape::of::<zones::table>(),
            Shape::of::<gates::table>(),
            Shape::of::<ticket_types::table>(),
            // And `changed_xid`, which triggers write and diesel has no type for.
            Shape::of::<admissions::table>().partly(),
            Shape::of::<occupancy::table>(),
            Shape::of::<ended_sessions::table>(),
            Shape::of::<door_settings::table>(),
            Shape::of::<bans::table>(),
            Shape::of::<incidents::table>(),
            Shape::of::<incident_notes::table>(),
            Shape::of::<photos::table>(),
        ];
        let differences =
            shape::differences(&database, Owner::Scanner, include_str!("schema.rs"), &shapes).await;
        assert_eq!(differences.expect("a comparison"), [""; 0]);
    }
}
