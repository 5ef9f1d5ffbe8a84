-- How many may be in one zone of a night, beside the limit of the whole night. A row stands here as long as its zone has a limit;
-- `occupancy.zones_limited` says whether a night has any, so that scans of nights without one do not look here.
--
-- `inside` begins as what the stays in the zone and the counts at its gates make when the limit is set, and goes with them from then
-- on. Never below nobody: who goes out after a count had taken them off takes nobody off.
create table zone_limits (
    zone_id      uuid primary key,
    event_id     uuid not null,
    limit_people integer not null check (limit_people >= 0),
    inside       bigint not null default 0 check (inside >= 0)
);
create index zone_limits_event on zone_limits (event_id);

-- How near so many people are to as many as may be; as in services/scanner/src/door/occupancy.rs.
create function warn_level(inside bigint, most bigint) returns text language sql immutable parallel safe as $$
    select case when inside >= most then 'full' when inside * 20 >= most * 19 then 'nearly'
        when inside * 10 >= most * 9 then 'near' else 'none' end
$$;

-- What was last told of a night's zones with a limit, beside the rest of the door.
alter table door_states
    add column zones  jsonb not null default '[]', -- [{zone, name, inside, limit}]
    add column alarms text not null default '';    -- how near to their limits the house and they were
