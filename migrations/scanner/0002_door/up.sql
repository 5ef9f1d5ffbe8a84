-- The door: what it must know of events and tickets (projections), what it owns (gates, scans, entries, occupancy).

-- Projection of `event.changed`.
create table events (
    id          uuid primary key,
    revision    bigint not null,
    slug        text not null,
    title       text not null,
    status      text not null check (status in ('draft', 'published', 'cancelled', 'archived')),
    starts_at   timestamptz not null,
    ends_at     timestamptz not null,
    entry_from  timestamptz not null,
    entry_until timestamptz not null,
    time_zone   text not null,
    venue_name  text not null,
    changed_at  timestamptz not null,
    -- When the door took this revision in, by the database's own clock: gates go by an older one for a moment.
    heard_at    timestamptz not null default clock_timestamp()
);
-- Not unique: two snapshots that swap a slug may arrive in either order. The newest change wins a look-up.
create index events_slug on events (slug);
create index events_ends_at on events (ends_at);

create table zones (
    id       uuid primary key,
    event_id uuid not null references events (id),
    name     text not null,
    active   boolean not null default true
);
create index zones_event on zones (event_id);

-- A gate is never deleted: scans name it. A zone that leaves its event leaves its gates inactive.
create table gates (
    id       uuid primary key,
    event_id uuid not null references events (id),
    zone_id  uuid not null references zones (id),
    name     text not null,
    active   boolean not null default true
);
create index gates_event on gates (event_id);

-- Projection of `ticket.changed`: may this ticket enter, and what does the door show.
create table admissions (
    ticket_id       uuid primary key,
    revision        bigint not null,
    event_id        uuid not null,
    ticket_type_id  uuid not null,
    type_name       text not null,
    zone_id         uuid not null,
    holder_name     text not null,
    order_reference text not null,
    status          text not null check (status in ('valid', 'cancelled', 'refunded', 'revoked', 'blocked', 'disputed')),
    attention       text not null,
    changed_at      timestamptz not null,
    admit_until     timestamptz -- from then on it gives no entry; null: as long as the doors are open
);
create index admissions_event on admissions (event_id);

-- Every scan with its answer, denied ones too. `facts` is what the answer says beyond its reason; the answer is a
-- function of the row, so the same row always gives the same bytes.
-- No foreign keys from here: checking them would have every scan of the night share-lock one event row. Neither an
-- event nor a gate is ever deleted. No index but the two it is looked up by: each costs every scan.
create table scans (
    id           uuid primary key,
    device       uuid not null, -- the member of staff: a session may end in the middle of a scan
    nonce        text not null check (octet_length(nonce) between 1 and 128),
    content      bytea not null,
    event_id     uuid not null,
    gate_id      uuid not null,
    zone_id      uuid not null,
    ticket_id    uuid,
    staff_id     uuid not null,
    decision     text not null check (decision in ('admit', 'deny')),
    reason       text not null,
    language     text not null,
    facts        jsonb not null,
    scanned_at   timestamptz not null,
    recorded_at  timestamptz not null,
    time_suspect boolean not null,
    check ((decision = 'admit') = (reason = 'ok')),
    constraint scans_once unique (device, nonce)
);

-- One use of an entry right. `entries_once` is the last word on "admits once": whatever the code above it believes,
-- a ticket has one primary entry per zone that nobody annulled.
create table entries (
    scan_id     uuid primary key,
    ticket_id   uuid not null,
    zone_id     uuid not null,
    event_id    uuid not null,
    gate_id     uuid not null,
    gate_name   text not null,
    admitted_at timestamptz not null,
    is_primary  boolean not null default true,
    annulled_at timestamptz
);
create unique index entries_once on entries (ticket_id, zone_id) where is_primary and annulled_at is null;

-- People inside, per event. Written once per batch of scans, so that this row never is what 32 phones wait for.
create table occupancy (
    event_id uuid primary key,
    inside   bigint not null default 0 check (inside >= 0),
    revision bigint not null default 0
);

-- Sessions that staff ended before they ran out. Kept until the token would have died by itself.
create table ended_sessions (
    session_id uuid primary key,
    ended_at   timestamptz not null,
    expires_at timestamptz not null
);
create index ended_sessions_expires on ended_sessions (expires_at);

-- History is only ever added to.
revoke update, delete, truncate on scans from scanner;
revoke delete, truncate on entries from scanner;
