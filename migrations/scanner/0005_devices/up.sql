-- Phones of the door: enrolled once by a supervisor's code, then known by a secret of which only the hash is here.

-- A code that enrols one phone, once, for a few minutes. Rows stay: they say who invited whom.
create table device_invitations (
    id         uuid primary key,
    name       text not null check (char_length(name) between 1 and 60),
    gate_id    uuid,
    gate_name  text,
    code_hash  bytea not null constraint device_invitations_code unique check (octet_length(code_hash) = 32),
    invited_by uuid not null,
    invited_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > invited_at),
    used_at    timestamptz,
    check ((gate_id is null) = (gate_name is null))
);

-- `devices_one_of_a_code` is the last word on "one phone per code", whatever the code above believes.
-- A phone that was taken off stays in the list: its secret must be told from one that nobody knows.
create table devices (
    id            uuid primary key,
    invitation_id uuid not null constraint devices_one_of_a_code unique references device_invitations (id),
    name          text not null check (char_length(name) between 1 and 60),
    gate_id       uuid,        -- of one night; on another it stands for the gate of the same name
    gate_name     text,
    secret_hash   bytea not null constraint devices_secret unique check (octet_length(secret_hash) = 32),
    enrolled_by   uuid not null, -- who made the code
    enrolled_at   timestamptz not null,
    revoked_at    timestamptz,
    revoked_by    uuid,
    last_seen_at  timestamptz,
    battery       smallint check (battery between 0 and 100),
    queue_length  integer check (queue_length >= 0),
    data_at       timestamptz,
    app_version   text check (char_length(app_version) <= 40),
    skew_ms       bigint,
    check ((gate_id is null) = (gate_name is null)),
    check ((revoked_at is null) = (revoked_by is null))
);

-- Who held which phone, from when till when: one row per sign-in on it.
create table device_hands (
    id         uuid primary key,
    device_id  uuid not null references devices (id),
    session_id uuid not null,
    staff_id   uuid not null,
    staff_name text not null,
    from_at    timestamptz not null,
    till_at    timestamptz,
    expires_at timestamptz not null -- of the session: it dies with the phone's enrolment at the latest
);
create unique index device_hands_one_holder on device_hands (device_id) where till_at is null;
create index device_hands_device on device_hands (device_id, from_at);
create index device_hands_session on device_hands (session_id) where till_at is null;

-- Ended by somebody else than who signed in: with the phone that was taken off.
alter table ended_sessions add column revoked boolean not null default false;

revoke delete, truncate on device_invitations, devices, device_hands from scanner;
