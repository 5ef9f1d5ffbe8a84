-- What supervisors see of every gate, and what the owner is told of the door.

-- The live page reads the scans of the last minutes, once a second for each night that somebody watches. No index for them:
-- their ids begin with their time, so the primary key finds the newest; nor a table of counters, one more row that 32 phones
-- wait for. What is older is added up once, in memory. What phones bring later has other ids, and only that is indexed here.
create index scans_offline on scans (event_id) where offline;

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
    devices_silent integer not null,     -- seen tonight, and silent since
    queue_length    bigint not null,     -- scans that wait on phones
    changed_at      timestamptz not null
);
