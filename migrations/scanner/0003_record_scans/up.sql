-- The hot path of the door: a batch of scans in one statement, one round trip, one commit.
--
-- The rule is not here. For each scan the service evaluates domain::admission::verdict for every state in which the
-- ticket can be found and sends a small table along ("rules"). These functions find the state, look the reason up,
-- and guard: one answer per (device, nonce), one primary entry per ticket, zone and number, one exit per stay, never
-- more people than the limit.

-- One scan as the service asks for it. `reason` is set where the code alone decides (forged, malformed, wrong event).
create type scan_request as (
    id            uuid,
    device        uuid,
    session       uuid,
    nonce         text,
    content       bytea,
    event         uuid,
    gate          uuid,
    gate_name     text,
    zone          uuid,
    staff         uuid,
    language      text,
    ticket        uuid,
    code_event    uuid,
    reason        text,
    rules         jsonb,
    facts         jsonb,
    scanned_at    timestamptz,
    now           timestamptz,
    time_suspect  boolean,
    message_id    uuid,
    payload       bytea,
    traceparent   text,
    direction     text,   -- 'entry' or 'exit'
    reason_full   text,   -- instead of 'ok' where as many are inside as may be
    override_note text,   -- a supervisor's reason to let a refusal stand aside
    overridable   text[], -- which refusals they may
    actor         text,   -- with a note: who they are and in which request, for the audit log
    request_id    text
);

-- A scan with what was found: its reason, the reason if somebody else is quicker, the refusal that a supervisor let stand
-- aside, the stay that an exit closes, and which stay of the ticket an entry begins.
create type weighed_scan as (
    scan        scan_request,
    reason      text,
    reason_lost text,
    overridden  text,
    stay        uuid,
    nth         smallint,
    facts       jsonb
);

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

-- The reason for a state. The rules name as much of the state as matters: 'refunded', 'valid/free/here/open/never', with a code that
-- is not the present one 'valid/free/here/open/never/moves' as well, and for an exit, which asks where and whether somebody is inside first, 'here/inside'.
create function rule_for(rules jsonb, state text[]) returns text language sql stable as $$
    select coalesce(rules ->> array_to_string(state, '/'), rules ->> array_to_string(state[1:5], '/'),
        rules ->> array_to_string(state[1:4], '/'),
        rules ->> array_to_string(state[1:3], '/'), rules ->> array_to_string(state[1:2], '/'), rules ->> state[1])
$$;

-- Takes the rows of the nights that have a limit, and of their zones that have one, so that nobody is counted in or out beside
-- this batch. Says whether there are any.
create function hold_limits(asked scan_request[]) returns boolean language plpgsql as $$
begin
    perform from occupancy where event_id in (select event from unnest(asked)) and (limit_people is not null or zones_limited)
        order by event_id for update;
    if not found then
        return false;
    end if;
    perform from zone_limits where event_id in (select event from unnest(asked)) order by zone_id for update;
    return true;
end $$;

-- Looks up what the door knows of each ticket. Scans of an ended session and scans answered before are left out.
--
-- `offset 0` keeps PostgreSQL from copying an expression to each of its uses, and from joining a table as a whole where it was
-- empty when the plan was made: each row is looked up by its key.
create function weigh_scans(asked scan_request[]) returns weighed_scan[] language plpgsql as $$
begin
    return (select array_agg(row (
        row (scan.*)::scan_request,
        case when overridden is null then found.reason else 'ok' end,
        found.reason_lost,
        overridden,
        case when was.stay = 'inside' then coalesce(open.scan_id, last.scan_id) end,
        coalesce(last.nth, 0) + 1,
        facts || case
            when scan.reason = 'wrong_event' then jsonb_build_object('other_event',
                (select title from events where id = scan.code_event))
            when known.ticket_id is null then '{}'
            else jsonb_build_object('type_name', known.type_name, 'holder', known.holder_name,
                'attention', nullif(concat_ws(' · ', case when known.banned then nullif(known.ban_note, '') end, nullif(known.attention, '')), ''), 'admit_from', kind.admit_from,
                'admit_until', least(known.admit_until, kind.admit_until), 'asks_id', coalesce(kind.asks_id, false),
                -- In years on this night, by the venue's calendar. The scan keeps no date.
                'age', extract(year from age(
                    (scan.now at time zone coalesce(facts ->> 'time_zone', 'UTC'))::date, known.birth_date))::int,
                'other_zone', case when known.zone_id <> scan.zone
                    then (select name from zones where id = known.zone_id) end)
            end || case when overridden is null then '{}' else jsonb_build_object('overridden', overridden) end
        )::weighed_scan order by scan.ticket, scan.id)
    from unnest(asked) as scan
    left join lateral (select * from admissions where ticket_id = scan.ticket offset 0) as known
        on scan.reason is null and known.event_id = scan.event
    left join ticket_types kind on kind.id = known.ticket_type_id
    -- The ticket's last stay here, and for an exit whoever is inside beside it.
    left join lateral (
        select scan_id, nth, left_at from entries
        where ticket_id = known.ticket_id and zone_id = scan.zone and is_primary and annulled_at is null
        order by nth desc limit 1) as last on true
    left join lateral (
        select scan_id from entries
        where scan.direction = 'exit' and (last.scan_id is null or last.left_at is not null)
            and ticket_id = known.ticket_id and zone_id = scan.zone
            and not is_primary and annulled_at is null and left_at is null
        order by admitted_at limit 1) as open on true
    cross join lateral (select case
            when open.scan_id is not null then 'inside'
            when last.scan_id is null then 'never'
            when last.left_at is null then 'inside'
            when last.nth < case when kind.id is null then 1 else coalesce(kind.entries_allowed, 32767) end then 'out_free'
            else 'out_spent' end as stay,
        array[known.status, case when known.banned then 'banned' else 'free' end,
            case when known.zone_id = scan.zone then 'here' else 'elsewhere' end,
            case when kind.admit_from > scan.now then 'early'
                when least(known.admit_until, kind.admit_until) <= scan.now then 'over' else 'open' end] as ticket,
        case when kind.rotating_code then 'moves' else 'still' end as code offset 0) as was
    cross join lateral (select
        case when direction = 'exit' then array[was.ticket[3], was.stay] || was.ticket
            else was.ticket || array[was.stay, was.code] end as state,
        case when direction = 'exit' then array[was.ticket[3], 'out_spent'] || was.ticket
            else was.ticket || array['inside', was.code] end as lost
        offset 0) as at
    -- Who lets a picture in says nothing of a guest who is inside with that ticket already, whom the picture hides: with a note it is
    -- asked what would be said of the present code.
    cross join lateral (select rule_for(rules, at.state) as shown,
        case when override_note is not null and was.code = 'moves' then rule_for(rules, was.ticket || array[was.stay, 'still']) end
            as present offset 0) as told
    cross join lateral (select
        coalesce(scan.reason, case when known.ticket_id is null then rules ->> 'unknown'
            else coalesce(nullif(told.present, 'ok'), told.shown) end) as reason,
        case when known.ticket_id is not null then rule_for(rules, at.lost) end as reason_lost offset 0) as found
    cross join lateral (select case when override_note is not null and direction = 'entry' and known.ticket_id is not null
        and found.reason = any (overridable) and coalesce(told.present, 'ok') in ('ok', told.shown) then found.reason end
        as overridden offset 0) as let
    where not exists (select from ended_sessions where session_id = scan.session offset 0)
        and not exists (select from scans where device = scan.device and nonce = scan.nonce offset 0));
end $$;

-- Closes the stays of those who go out. Of two exits of one stay the first finds it open; the other gets the reason for one
-- that is closed.
create function close_stays(weighed weighed_scan[]) returns weighed_scan[] language plpgsql as $$
declare
    out_of constant uuid[] := array(
        select stay from unnest(weighed) where (scan).direction = 'exit' and reason = 'ok');
    gone uuid[];
begin
    if cardinality(out_of) = 0 then
        return weighed;
    end if;
    perform from entries where scan_id = any (out_of) order by ticket_id, scan_id for update;
    with leaving as (
        select distinct on (stay) stay, (scan).id, (scan).now, (scan).gate, (scan).gate_name
        from unnest(weighed) where (scan).direction = 'exit' and reason = 'ok' order by stay, (scan).id),
    closed as (
        update entries e set left_at = l.now, left_gate_id = l.gate, left_gate_name = l.gate_name
        from leaving l where e.scan_id = any (out_of) and e.scan_id = l.stay and e.left_at is null and e.annulled_at is null
        returning l.id)
    select array_agg(id) into gone from closed;
    return (select array_agg(row (w.scan, case
            when (w.scan).direction = 'exit' and w.reason = 'ok' and (w.scan).id = any (gone) is not true then w.reason_lost
            else w.reason end,
        w.reason_lost, w.overridden, w.stay, w.nth, w.facts)::weighed_scan order by (w.scan).ticket, (w.scan).id)
        from unnest(weighed) w);
end $$;

-- Turns these away as one for whom there is no place, but for whom a supervisor lets in. `why` is added to what the answer says.
create function turn_away(weighed weighed_scan[], late uuid[], why jsonb) returns weighed_scan[] language plpgsql as $$
begin
    if late is null then
        return weighed;
    end if;
    return (select array_agg(case
            when (scan).id = any (late) is not true then w
            when (scan).override_note is not null and (scan).reason_full = any ((scan).overridable) then
                row (scan, 'ok', reason_lost, (scan).reason_full, stay, nth,
                    facts || why || jsonb_build_object('overridden', (scan).reason_full))::weighed_scan
            else row (scan, (scan).reason_full, reason_lost, overridden, stay, nth, facts || why)::weighed_scan
            end order by (scan).ticket, (scan).id)
        from unnest(weighed) w);
end $$;

-- Turns away whoever has no place in the zone behind the gate, as `keep_limits` does for the house; asked first, so that who has no
-- place in the zone takes none in the house.
create function keep_zones(weighed weighed_scan[]) returns weighed_scan[] language plpgsql as $$
declare
    late uuid[];
begin
    with asking as (
        select (scan).zone as room, (scan).id as id, overridden is not null as forced,
            first_value((scan).id) over (partition by (scan).ticket, (scan).zone order by (scan).id) as lead
        from unnest(weighed) where (scan).direction = 'entry' and reason = 'ok'),
    placed as (
        select room, id, dense_rank() over (partition by room order by lead) as place from asking where not forced),
    taken as (
        select (scan).zone as room, count(*) filter (where (scan).direction = 'exit') as gone,
            count(*) filter (where overridden is not null) as forced
        from unnest(weighed) where reason = 'ok' group by 1)
    select array_agg(id) into late
    from placed join taken using (room) join zone_limits z on z.zone_id = room
    where place > z.limit_people - greatest(z.inside - gone, 0) - forced;
    return turn_away(weighed, late, '{"zone_full": true}');
end $$;

-- Turns away whoever has no place. Called with the nights' rows held, and after the exits, which make places. A ticket that
-- two gates scan in one batch asks for one place; whom a supervisor lets in takes one and is not turned away.
create function keep_limits(weighed weighed_scan[]) returns weighed_scan[] language plpgsql as $$
declare
    late uuid[];
begin
    with asking as (
        select (scan).event as night, (scan).id as id, overridden is not null as forced,
            first_value((scan).id) over (partition by (scan).ticket, (scan).zone order by (scan).id) as lead
        from unnest(weighed) where (scan).direction = 'entry' and reason = 'ok'),
    placed as (
        select night, id, dense_rank() over (partition by night order by lead) as place from asking where not forced),
    taken as (
        select (scan).event as night, count(*) filter (where (scan).direction = 'exit') as gone,
            count(*) filter (where overridden is not null) as forced
        from unnest(weighed) where reason = 'ok' group by 1)
    select array_agg(id) into late
    from placed join taken using (night) join occupancy o on o.event_id = night
    where o.limit_people is not null and place > o.limit_people - greatest(o.inside - gone, 0) - forced;
    return turn_away(weighed, late, '{}');
end $$;

-- Writes the entries of those who may come in. Of several that wanted one entry right at the same moment the unique index
-- lets one through; the others get the reason for a right that has been used. Whom a supervisor lets in comes in beside
-- whoever has used it.
create function open_stays(weighed weighed_scan[]) returns weighed_scan[] language plpgsql as $$
declare
    came   uuid[];
    beside uuid[];
begin
    with entered as (
        insert into entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at, nth, device, staff_id, forced)
        select (scan).id, (scan).ticket, (scan).zone, (scan).event, (scan).gate, (scan).gate_name, (scan).now, nth,
            (scan).device, (scan).staff, overridden is not null
        from unnest(weighed) where reason = 'ok' and (scan).direction = 'entry' and stay is null
        order by (scan).ticket, (scan).id
        on conflict do nothing returning scan_id)
    select array_agg(scan_id) into came from entered;

    if not exists (select from unnest(weighed)
        where reason = 'ok' and (scan).direction = 'entry' and (scan).id = any (came) is not true) then
        return weighed;
    end if;

    if exists (select from unnest(weighed) where (scan).override_note is not null) then
        with entered as (
            insert into entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at, nth, device, staff_id,
                forced, is_primary)
            select (scan).id, (scan).ticket, (scan).zone, (scan).event, (scan).gate, (scan).gate_name, (scan).now,
                case when stay is null then nth else nth - 1 end, (scan).device, (scan).staff, true, false
            from unnest(weighed) where reason = 'ok' and (scan).direction = 'entry'
                and (scan).override_note is not null and (scan).id = any (came) is not true
                and reason_lost = any ((scan).overridable)
            order by (scan).ticket, (scan).id
            on conflict do nothing returning scan_id)
        select array_agg(scan_id) into beside from entered;
    end if;

    return (select array_agg(case
            when reason <> 'ok' or (scan).direction = 'exit' or (scan).id = any (came) then w
            when (scan).id = any (beside) then
                row (scan, 'ok', reason_lost, coalesce(overridden, reason_lost), stay, nth,
                    facts || jsonb_build_object('overridden', coalesce(overridden, reason_lost)))::weighed_scan
            else row (scan, reason_lost, reason_lost, null, stay, nth, facts - 'overridden')::weighed_scan
            end order by (scan).ticket, (scan).id)
        from unnest(weighed) w);
end $$;

-- Counts who went out and who came in, event by event, then writes the scans and the messages. The counting is near the end
-- of the transaction, so that the occupancy row of a night without a limit is locked for as short as can be. Without NOTIFY,
-- behind which PostgreSQL lets transactions commit only one by one: the service wakes its relay itself.
--
-- Within a batch exits count first, then entries, each in the order of their ids; whoever is refused is told what all of
-- them left. The figures of a night therefore go up in its revisions without a gap. Of a zone with a limit all are told what
-- they left together.
create function tell_scans(weighed weighed_scan[]) returns void language plpgsql as $$
declare
    night record;
    total record;
    rooms jsonb;
begin
    for night in
        select (scan).event, count(*) filter (where reason = 'ok' and (scan).direction = 'exit') as gone,
            count(*) filter (where reason = 'ok' and (scan).direction = 'entry') as came
        from unnest(weighed) group by 1 order by 1
    loop
        if night.gone + night.came > 0 then
            insert into occupancy as o (event_id, inside, revision, uncounted)
            values (night.event, night.came, night.gone + night.came, night.gone)
            on conflict (event_id) do update
                set inside = greatest(o.inside - night.gone, 0) + night.came, revision = o.revision + excluded.revision,
                    uncounted = o.uncounted + greatest(night.gone - o.inside, 0)
            returning inside, revision, limit_people, zones_limited into total;
        else
            select coalesce(max(inside), 0) as inside, coalesce(max(revision), 0) as revision,
                max(limit_people) as limit_people, coalesce(bool_or(zones_limited), false) as zones_limited
            into total from occupancy where event_id = night.event;
        end if;

        rooms := null;
        if total.zones_limited then
            update zone_limits z set inside = greatest(z.inside - moved.gone, 0) + moved.came
            from (select (scan).zone as room, count(*) filter (where (scan).direction = 'exit') as gone,
                    count(*) filter (where (scan).direction = 'entry') as came
                from unnest(weighed) where (scan).event = night.event and reason = 'ok' group by 1) as moved
            where z.zone_id = moved.room;
            select jsonb_object_agg(z.zone_id, jsonb_build_object('name', n.name, 'inside', z.inside, 'limit', z.limit_people))
            into rooms from zone_limits z join zones n on n.id = z.zone_id where z.event_id = night.event;
        end if;

        with counted as (
            select w.*,
                total.inside + night.gone - night.came
                    - count(*) filter (where reason = 'ok' and (scan).direction = 'exit') over so_far
                    + count(*) filter (where reason = 'ok' and (scan).direction = 'entry') over so_far as inside_after,
                total.revision - night.gone - night.came + count(*) filter (where reason = 'ok') over so_far
                    as inside_revision
            from unnest(weighed) w where (scan).event = night.event
            window so_far as (order by reason <> 'ok', (scan).direction = 'entry', (scan).id)),
        stored as (
            insert into scans (id, device, nonce, content, event_id, gate_id, zone_id, ticket_id, staff_id, decision, reason,
                language, facts, scanned_at, recorded_at, time_suspect, direction, override_note)
            select (scan).id, (scan).device, (scan).nonce, (scan).content, (scan).event, (scan).gate, (scan).zone,
                (scan).ticket, (scan).staff, case reason when 'ok' then 'admit' else 'deny' end, reason, (scan).language,
                facts || jsonb_build_object('inside', inside_after, 'limit', total.limit_people)
                    || case when rooms ? (scan).zone::text
                        then jsonb_build_object('zone', rooms -> (scan).zone::text) else '{}' end
                    -- Also of whom a supervisor lets in, whatever was overridden: the guest inside stays no secret.
                    || case when reason not in ('already_inside', 'no_reentry') and not (facts ? 'overridden' and stay is not null)
                        then '{}' else coalesce(
                        (select jsonb_build_object('first_scan', jsonb_build_object(
                            'at', admitted_at, 'gate', gate_id, 'gate_name', gate_name))
                         from entries where ticket_id = (scan).ticket and zone_id = (scan).zone
                            and is_primary and annulled_at is null order by nth desc limit 1), '{}') end,
                (scan).scanned_at, (scan).now, (scan).time_suspect, (scan).direction, (scan).override_note
            from counted)
        insert into outbox (message_id, subject, aggregate, revision, payload, traceparent, created_at, wakes)
        select (scan).message_id, 'ticket.scanned', (scan).id::text, 1,
            (scan).payload || ticket_scanned_tail(case reason when 'ok' then 'admit' else 'deny' end, reason,
                inside_after, inside_revision),
            (scan).traceparent, (scan).now, false
        from counted;
    end loop;
end $$;

-- A refusal that a supervisor let stand aside: who, what and why, in the transaction of the act; and by which scan a guest with the
-- same ticket was inside already.
create function audit_overrides(weighed weighed_scan[]) returns void language plpgsql as $$
begin
    insert into audit_log (id, at, staff_id, actor, action, target, request_id, reason, detail)
    select (scan).id, (scan).now, (scan).staff, (scan).actor, 'scan.overridden', (scan).ticket::text, (scan).request_id,
        (scan).override_note, jsonb_build_object('scan', (scan).id, 'event', (scan).event, 'gate', (scan).gate,
            'gate_name', (scan).gate_name, 'device', (scan).device, 'overridden', overridden)
            || case when stay is null then '{}' else jsonb_build_object('inside', stay) end
    from unnest(weighed) where overridden is not null and reason = 'ok';
end $$;

-- Takes scans as a JSON array and answers with a JSON array of
-- {id, scan, outcome: recorded | repeated | reused | session_ended, reason, direction, language, facts}.
--
-- Everybody takes locks in one order, so that two batches cannot block each other for good: nonces, nights, the occupancy
-- rows of nights with a limit, their zones that have one, tickets (stays that end, then stays that begin), the other occupancy rows. Who changes entries
-- or a limit outside of these functions takes the night's lock alone first (`store::quiet`), and has no scan beside them.
-- A batch holds a (device, nonce) once; the service sees to that.
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
    limited boolean;
    weighed weighed_scan[];
begin
    perform pg_advisory_xact_lock(key) from (
        select distinct hashtextextended(device || nonce, 0) as key from unnest(asked) order by key) as nonces;
    -- Shared among scans; a revocation takes it alone, so that it sees every entry before it makes codes bad.
    perform pg_advisory_xact_lock_shared(key) from (
        select distinct hashtextextended('entries of ' || event, 0) as key from unnest(asked) order by key) as nights;
    limited := hold_limits(asked);

    weighed := weigh_scans(asked);
    if cardinality(weighed) > 0 then
        weighed := close_stays(weighed);
        if limited then
            weighed := keep_limits(keep_zones(weighed));
        end if;
        weighed := open_stays(weighed);
        perform tell_scans(weighed);
        perform audit_overrides(weighed);
    end if;

    return (
        select jsonb_agg(jsonb_build_object('id', r.id, 'scan', s.id, 'reason', s.reason, 'direction', s.direction,
            'language', s.language, 'facts', s.facts,
            'outcome', case
                when s.id = r.id then 'recorded'
                when exists (select from ended_sessions where session_id = r.session) then 'session_ended'
                when s.content = r.content then 'repeated'
                else 'reused' end))
        from unnest(asked) r left join lateral (
            select * from scans where device = r.device and nonce = r.nonce offset 0) as s on true);
end $$;
