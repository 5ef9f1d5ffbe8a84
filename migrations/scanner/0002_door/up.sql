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

-- Projection of `event.changed`: how often a ticket of this type comes in, out again in between, and at what hours. A ticket whose
-- type is not here yet comes in once, as long as the doors are open.
create table ticket_types (
    id              uuid primary key,
    event_id        uuid not null references events (id),
    name            text not null,
    zone_id         uuid not null,
    entries_allowed smallint check (entries_allowed > 0), -- null: as often as one likes
    admit_from      timestamptz, -- before that it gives no entry; null: since the doors open
    admit_until     timestamptz, -- from then on it gives no first entry; null: as long as the doors are open
    asks_id         boolean not null default false, -- its guest's identity document is looked at
    rotating_code   boolean not null default false -- its codes move: a picture of one lets nobody in
);
create index ticket_types_event on ticket_types (event_id);

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
    admit_until     timestamptz, -- from then on it gives no first entry; null: as long as its type does
    banned          boolean not null default false, -- the person may not enter; kept here, not told by the ticket's owner
    name_key        text not null default '', -- the holder's name without accents, case and order, for bans
    ban_note        text not null default '', -- what to look at, where somebody of this name is banned
    birth_date      date, -- of its person, where the night asks for it; erased when the night is over
    -- The transaction that last wrote the row: phones ask for what changed since they asked before.
    changed_xid     xid8 not null default pg_current_xact_id()
);
create index admissions_event on admissions (event_id);
create index admissions_born on admissions (event_id) where birth_date is not null;
create index admissions_changed on admissions (event_id, changed_xid);

create function set_changed_xid() returns trigger language plpgsql as $$
begin
    new.changed_xid := pg_current_xact_id();
    return new;
end $$;
create trigger admissions_changed before update on admissions for each row execute function set_changed_xid();

-- Every scan with its answer, denied ones too. `facts` is what the answer says beyond its reason; the answer is a
-- function of the row, so the same row always gives the same bytes.
-- No foreign keys from here: checking them would have every scan of the night share-lock one event row. Neither an
-- event nor a gate is ever deleted. No index but the two it is looked up by: each costs every scan.
create table scans (
    id           uuid primary key,
    device       uuid not null, -- the enrolled phone, or else who is signed in; not the session: it may end in the middle of a scan
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
    direction    text not null default 'entry' check (direction in ('entry', 'exit')),
    override_note text,                     -- why a supervisor let a refusal stand aside
    offline      boolean not null default false, -- decided by a phone without a network
    judged       text,                      -- what the server would have said of a scan that a phone decided
    check ((decision = 'admit') = (reason = 'ok')),
    constraint scans_once unique (device, nonce)
);

-- One stay: from coming in to going out. `entries_once` is the last word on "admits once": whatever the code above it
-- believes, a ticket has one primary entry per zone and number that nobody annulled. Somebody is inside as long as the
-- ticket's primary entry in that zone has not been left.
create table entries (
    scan_id        uuid primary key,
    ticket_id      uuid not null,
    zone_id        uuid not null,
    event_id       uuid not null,
    gate_id        uuid not null,
    gate_name      text not null,
    admitted_at    timestamptz not null,
    is_primary     boolean not null default true, -- false: somebody else came in with the same ticket and number
    annulled_at    timestamptz,
    nth            smallint not null default 1 check (nth > 0), -- the ticket's how manieth stay in this zone
    left_at        timestamptz,
    left_gate_id   uuid,
    left_gate_name text,
    device         uuid,
    staff_id       uuid,
    forced         boolean not null default false, -- a supervisor let them in against the rule
    offline        boolean not null default false, -- a phone let them in without a network
    changed_xid    xid8 not null default pg_current_xact_id()
);
create unique index entries_once on entries (ticket_id, zone_id, nth) where is_primary and annulled_at is null;
create index entries_changed on entries (event_id, changed_xid);
-- Nearly empty: an exit looks here for whoever came in beside the ticket's own guest.
create index entries_beside on entries (ticket_id, zone_id) where not is_primary;
create trigger entries_changed before update on entries for each row execute function set_changed_xid();

-- People inside, per event. Written once per batch of scans, so that this row never is what 32 phones wait for. With a limit
-- each batch holds the row from its beginning: that is what makes the limit exact.
--
-- `inside` is the stays that go on, the counts and `uncounted` added up, to the person: whoever changes it changes one of these.
create table occupancy (
    event_id     uuid primary key,
    inside       bigint not null default 0 check (inside >= 0),
    revision     bigint not null default 0,
    limit_people integer check (limit_people >= 0), -- null: none
    zones_limited boolean not null default false, -- whether a zone has a limit of its own
    uncounted    bigint not null default 0 check (uncounted >= 0) -- who went out though a count had taken them off before
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
