-- What supervisors see of every gate, and what the owner is told of the door.

-- The live page reads the scans of the last minutes, once a second for each night that somebody watches. Neither a third
-- tree on `scans` nor a table of counters: both are written at every scan, and a row of counters is one more that 32 phones
-- wait for. Scans are only ever added, in the order of their time, so that a few pages' least and greatest time find them:
-- an insert finds its range of pages known already and writes nothing. What is older is added up once, in memory.
create index scans_recorded_at on scans using brin (recorded_at) with (pages_per_range = 16, autosummarize = on);

-- The few entries in which a conflict can be: of a ticket that came in beside its own guest, or that a phone let in by itself. Of
-- an ordinary entry it knows nothing.
create index entries_in_doubt on entries (event_id) where not forced and annulled_at is null and (not is_primary or offline);

-- What was last told of a night's door, see live/told.rs: nothing is told twice.
create table door_states (
    event_id        uuid primary key,
    revision        bigint not null,
    inside          bigint not null,
    inside_revision bigint not null,
    limit_people    integer,             -- null: none
    conflicts_open  integer not null,
    devices_seen    integer not null,    -- in the two minutes before
    devices_offline integer not null,    -- seen tonight, and silent since
    queue_length    bigint not null,     -- scans that wait on phones
    changed_at      timestamptz not null
);
