-- Bans, the log of incidents, photographs, and what a supervisor sets for the door.

-- What the door goes by and a supervisor may change: one row, there from the beginning. Photographs are off.
create table door_settings (
    singleton       boolean primary key default true check (singleton),
    photos_on       boolean not null default false,
    consent_en      text not null default 'We take your photograph to know you again at the door tonight. Only the door’s supervisors see it, and it is erased after a few days. You may say no.'
        check (length(consent_en) between 1 and 1000),
    consent_es      text not null default 'Te hacemos una foto para reconocerte esta noche en la puerta. Solo la ven quienes supervisan la puerta y se borra a los pocos días. Puedes decir que no.'
        check (length(consent_es) between 1 and 1000),
    photo_days      smallint not null default 7 check (photo_days between 1 and 30),
    ban_days        smallint not null default 90 check (ban_days between 1 and 730),
    incident_days   smallint not null default 365 check (incident_days between 30 and 1825),
    data_age_minutes integer not null default 360 check (data_age_minutes between 5 and 1440)
);
insert into door_settings default values;
revoke delete, truncate on door_settings from scanner;

-- Who must not come in. `name_key` finds the tickets whose holder has that name, however it is written. A document's number
-- is nowhere: only its HMAC under a key that the database does not hold.
create table bans (
    id            uuid primary key,
    person_name   text not null check (length(person_name) <= 200), -- may be empty
    name_key      text check (name_key <> ''),
    document_hash bytea check (octet_length(document_hash) = 32),
    photo_note    text not null check (length(photo_note) <= 500),
    photo         uuid, -- may have been erased since
    reason        text not null check (length(reason) between 1 and 500),
    from_at       timestamptz not null,
    until_at      timestamptz check (until_at > from_at),
    in_force      boolean not null, -- whether it counts now; follows the clock and whoever ends it
    created_at    timestamptz not null,
    created_by    uuid not null,
    created_by_name text not null,
    ended_at      timestamptz,
    ended_by      uuid,
    ended_by_name text,
    appeal_note   text check (length(appeal_note) <= 500),
    check (name_key is not null or document_hash is not null or photo_note <> ''),
    check ((ended_at is null) = (ended_by is null)),
    check (ended_at is null or not in_force)
);
create index bans_name on bans (name_key) where in_force;
create index bans_document on bans (document_hash) where in_force;

-- Which tickets a ban by name is about: `name_key` comes with the ticket, `banned` and `ban_note` follow the bans.
create index admissions_name on admissions (name_key);
create index admissions_banned on admissions (name_key) where banned;

-- What happened at the door. No foreign keys, as with scans; written once, noted upon, erased when it is old.
create table incidents (
    id              uuid primary key,
    device          uuid not null,
    nonce           text not null check (octet_length(nonce) between 1 and 128),
    content         bytea not null,
    event_id        uuid not null,
    gate_id         uuid,
    kind            text not null check (kind in ('refused', 'ejection', 'medical', 'theft', 'fight', 'damage', 'other')),
    text            text not null check (length(text) between 1 and 2000),
    ticket_id       uuid,
    order_reference text check (length(order_reference) between 1 and 40),
    at              timestamptz not null,
    recorded_at     timestamptz not null,
    staff_id        uuid not null,
    staff_name      text not null,
    photo           uuid, -- may have been erased since
    constraint incidents_once unique (device, nonce)
);
create index incidents_event on incidents (event_id, at);
create index incidents_recorded on incidents (recorded_at);

create table incident_notes (
    id          uuid primary key,
    incident_id uuid not null references incidents (id) on delete cascade,
    text        text not null check (length(text) between 1 and 2000),
    at          timestamptz not null,
    staff_id    uuid not null,
    staff_name  text not null
);
create index incident_notes_incident on incident_notes (incident_id, id);
revoke update, truncate on incidents, incident_notes from scanner;

-- Photographs, made small and anew from their pixels, so that nothing else that a phone wrote into the file is kept.
create table photos (
    id        uuid primary key,
    subject   text not null check (subject in ('holder', 'incident', 'ban')),
    ticket_id uuid,
    consent   boolean not null check (consent or subject = 'incident'),
    jpeg      bytea not null check (octet_length(jpeg) between 1 and 1500000),
    taken_at  timestamptz not null,
    staff_id  uuid not null,
    check ((subject = 'holder') = (ticket_id is not null))
);
create index photos_taken on photos (taken_at);
create index photos_ticket on photos (ticket_id) where ticket_id is not null;
revoke update, truncate on photos from scanner;
