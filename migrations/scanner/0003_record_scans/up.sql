-- The hot path of the door: a batch of scans in one statement, one round trip, one commit.
--
-- The rule is not here. For each scan the service evaluates domain::admission::verdict for every state in which the
-- ticket can be found and sends that small table along ("rules"). These functions find the state, look the reason up,
-- and guard: one answer per (device, nonce), one primary entry per ticket and zone.

-- One scan as the service asks for it. `reason` is set where the code alone decides (forged, malformed, wrong event).
create type scan_request as (
    id           uuid,
    device       uuid,
    session      uuid,
    nonce        text,
    content      bytea,
    event        uuid,
    gate         uuid,
    gate_name    text,
    zone         uuid,
    staff        uuid,
    language     text,
    ticket       uuid,
    code_event   uuid,
    reason       text,
    rules        jsonb,
    facts        jsonb,
    scanned_at   timestamptz,
    now          timestamptz,
    time_suspect boolean,
    message_id   uuid,
    payload      bytea,
    traceparent  text
);

-- A scan with what was found: the reason if the entry right is as it was read, and the reason if somebody used it.
create type weighed_scan as (scan scan_request, reason text, reason_used text, facts jsonb);

-- An int64 >= 0 as protobuf writes it.
create function protobuf_varint(value bigint) returns bytea
    language plpgsql immutable strict parallel safe as $$
declare
    rest    bigint := value;
    written bytea := ''::bytea;
begin
    while rest > 127 loop
        written := written || set_byte('\x00'::bytea, 0, ((rest & 127) | 128)::int);
        rest := rest >> 7;
    end loop;
    return written || set_byte('\x00'::bytea, 0, rest::int);
end $$;

-- The fields of maguey.scanner.v1.TicketScanned that are known only here: 7 decision, 8 reason, 10 inside_after,
-- 11 inside_revision. Appended to what the service wrote: protobuf lets the fields of a message stand in any order.
create function ticket_scanned_tail(decision text, reason text, inside_after bigint, inside_revision bigint)
    returns bytea language plpgsql immutable parallel safe as $$
begin
    return '\x3a'::bytea || protobuf_varint(octet_length(decision)) || convert_to(decision, 'UTF8')
        || '\x42'::bytea || protobuf_varint(octet_length(reason)) || convert_to(reason, 'UTF8')
        || '\x50'::bytea || protobuf_varint(inside_after)
        || '\x58'::bytea || protobuf_varint(inside_revision);
end $$;

-- Looks up what the door knows of each ticket. Scans of an ended session and scans answered before are left out.
create function weigh_scans(asked scan_request[]) returns weighed_scan[] language plpgsql as $$
begin
    return (select array_agg(row (
        row (scan.*)::scan_request,
        coalesce(scan.reason, rules ->> case
            when known.ticket_id is null then 'unknown'
            when entry.scan_id is null then place || '/fresh'
            else place || '/used' end),
        rules ->> (place || '/used'),
        facts || case
            when scan.reason = 'wrong_event' then jsonb_build_object('other_event',
                (select title from events where id = scan.code_event))
            when known.ticket_id is null then '{}'
            else jsonb_build_object('type_name', known.type_name, 'holder', known.holder_name,
                'attention', nullif(known.attention, ''), 'admit_until', known.admit_until, 'other_zone', case when known.zone_id <> scan.zone
                    then (select name from zones where id = known.zone_id) end)
            end
        )::weighed_scan order by scan.ticket, scan.id)
    from unnest(asked) as scan
    left join admissions known
        on scan.reason is null and known.ticket_id = scan.ticket and known.event_id = scan.event
    left join entries entry on entry.ticket_id = known.ticket_id and entry.zone_id = scan.zone
        and entry.is_primary and entry.annulled_at is null
    cross join lateral (select known.status
        || case when known.zone_id = scan.zone then '/here' else '/elsewhere' end
        || case when known.admit_until <= scan.now then '/over' else '/open' end as place) as found
    where not exists (select from ended_sessions where session_id = scan.session)
        and not exists (select from scans where device = scan.device and nonce = scan.nonce));
end $$;

-- Writes the entries of those who may come in and then every scan. Of several that wanted one entry right at the same
-- moment the unique index lets one through; the others get the reason for a right that has been used.
create function store_scans(weighed weighed_scan[]) returns void language plpgsql as $$
begin
    insert into entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at)
    select (scan).id, (scan).ticket, (scan).zone, (scan).event, (scan).gate, (scan).gate_name, (scan).now
    from unnest(weighed) where reason = 'ok' order by (scan).ticket, (scan).id
    on conflict do nothing;

    insert into scans (id, device, nonce, content, event_id, gate_id, zone_id, ticket_id, staff_id, decision, reason,
        language, facts, scanned_at, recorded_at, time_suspect)
    select (scan).id, (scan).device, (scan).nonce, (scan).content, (scan).event, (scan).gate, (scan).zone,
        (scan).ticket, (scan).staff, case final when 'ok' then 'admit' else 'deny' end, final, (scan).language,
        case when final = 'already_inside' then facts || jsonb_build_object('first_scan', jsonb_build_object(
            'at', entry.admitted_at, 'gate', entry.gate_id, 'gate_name', entry.gate_name)) else facts end,
        (scan).scanned_at, (scan).now, (scan).time_suspect
    from unnest(weighed) as w
    left join lateral (
        select * from entries where ticket_id = (scan).ticket and zone_id = (scan).zone
            and is_primary and annulled_at is null
        order by scan_id = (scan).id desc limit 1) as entry on true
    cross join lateral (
        select case when w.reason = 'ok' and entry.scan_id is distinct from (scan).id
            then w.reason_used else w.reason end as final) as decided;
end $$;

-- Counts the admitted in, event by event, and writes the messages. Last in the transaction, so that the occupancy row
-- is locked for as short as can be. Without NOTIFY, behind which PostgreSQL lets transactions commit only one by one: the
-- service wakes its relay itself.
create function tell_scans(weighed weighed_scan[]) returns void language plpgsql as $$
declare
    night record;
    total record;
begin
    for night in
        select event_id, count(*) filter (where decision = 'admit') as admitted
        from unnest(weighed) join scans on scans.id = (scan).id
        group by event_id order by event_id
    loop
        if night.admitted > 0 then
            insert into occupancy as o (event_id, inside, revision)
            values (night.event_id, night.admitted, night.admitted)
            on conflict (event_id) do update
                set inside = o.inside + excluded.inside, revision = o.revision + excluded.revision
            returning inside - night.admitted as inside, revision - night.admitted as revision into total;
        else
            select coalesce(max(inside), 0) as inside, coalesce(max(revision), 0) as revision into total
            from occupancy where event_id = night.event_id;
        end if;

        insert into outbox (message_id, subject, aggregate, revision, payload, traceparent, created_at, wakes)
        select (scan).message_id, 'ticket.scanned', s.id::text, 1,
            (scan).payload || ticket_scanned_tail(s.decision, s.reason,
                total.inside + count(*) filter (where s.decision = 'admit') over (order by s.id),
                total.revision + count(*) filter (where s.decision = 'admit') over (order by s.id)),
            (scan).traceparent, s.recorded_at, false
        from unnest(weighed) join scans s on s.id = (scan).id
        where (scan).event = night.event_id;
    end loop;
end $$;

-- Takes scans as a JSON array and answers with a JSON array of
-- {id, outcome: recorded | repeated | reused | session_ended, reason, language, facts}.
--
-- Everybody takes locks in one order (nonces, events, tickets, occupancy), so that two batches cannot block each other for
-- good. A batch holds a (device, nonce) once; the service sees to that.
--
-- The settings nail the plans down, for the nested functions too: look everything up by index, plan once per
-- connection. Left alone, PostgreSQL plans each of the statements anew at every call, which costs more than running them.
create function record_scans(requests jsonb) returns jsonb language plpgsql
    set plan_cache_mode = 'force_generic_plan'
    set enable_seqscan = 'off'
    set enable_hashjoin = 'off'
    set enable_mergejoin = 'off' as $$
declare
    asked   constant scan_request[] := array(select r from jsonb_populate_recordset(null::scan_request, requests) r);
    weighed weighed_scan[];
begin
    perform pg_advisory_xact_lock(key) from (
        select distinct hashtextextended(device || nonce, 0) as key from unnest(asked) order by key) as nonces;
    -- Shared among scans; a revocation takes it alone, so that it sees every entry before it makes codes bad.
    perform pg_advisory_xact_lock_shared(key) from (
        select distinct hashtextextended('entries of ' || event, 0) as key from unnest(asked) order by key) as nights;

    weighed := weigh_scans(asked);
    if cardinality(weighed) > 0 then
        perform store_scans(weighed);
        perform tell_scans(weighed);
    end if;

    return (
        select jsonb_agg(jsonb_build_object('id', r.id, 'reason', s.reason, 'language', s.language, 'facts', s.facts,
            'outcome', case
                when s.id = r.id then 'recorded'
                when exists (select from ended_sessions where session_id = r.session) then 'session_ended'
                when s.content = r.content then 'repeated'
                else 'reused' end))
        from unnest(asked) r left join scans s on s.device = r.device and s.nonce = r.nonce);
end $$;
