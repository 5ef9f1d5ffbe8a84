-- Parties that have a table, and which of them are here.

-- Projection of `reservation.changed`. The passes of a party are the tickets of its order: both carry the order's reference.
create table parties (
    reservation_id  uuid primary key,
    revision        bigint not null,
    event_id        uuid not null,
    order_reference text not null, -- empty: one that waits for the club's yes, and has no passes
    state           text not null,
    tables          text[] not null,
    booker_name     text not null,
    people          integer not null, -- the booker among them
    arrives_at      timestamptz not null,
    host            text not null,
    changed_at      timestamptz not null
);
create index parties_order on parties (event_id, order_reference);
-- Whose passes these are: for those of a table alone.
create index admissions_order on admissions (event_id, order_reference);

-- The first of a party was let in. Said once (`reservation.checked_in`), and stays so whatever becomes of that entry.
create table party_check_ins (
    reservation_id uuid primary key,
    event_id       uuid not null,
    scan_id        uuid not null,
    gate_name      text not null,
    at             timestamptz not null
);
revoke update, delete, truncate on party_check_ins from scanner;

-- Whether the door goes by such a reservation: its table has not been given up.
create function party_stands(state text) returns boolean language sql immutable as
    $$ select state in ('pending', 'confirmed', 'checked_in', 'closed') $$;

-- How many of a party are inside. People, not tickets: who came in beside a pass's own guest counts too.
create function party_inside(party uuid) returns bigint language sql stable as $$
    select count(*) from parties p
      join admissions a on a.event_id = p.event_id and a.order_reference = p.order_reference
      join entries e on e.ticket_id = a.ticket_id
     where p.reservation_id = party and p.order_reference <> '' and e.annulled_at is null and e.left_at is null
$$;

-- maguey.scanner.v1.ReservationCheckedIn as protobuf writes it.
create function reservation_checked_in(party uuid, night uuid, scan uuid, gate_name text, moment timestamptz)
    returns bytea language plpgsql immutable parallel safe as $$
begin
    return '\x0a24'::bytea || convert_to(party::text, 'UTF8') || '\x1224'::bytea || convert_to(night::text, 'UTF8')
        || '\x1a24'::bytea || convert_to(scan::text, 'UTF8')
        || '\x22'::bytea || protobuf_varint(octet_length(gate_name)) || convert_to(gate_name, 'UTF8')
        || '\x28'::bytea || protobuf_varint(floor(extract(epoch from moment) * 1000)::bigint);
end $$;

-- Checks in the parties whose guests came, a JSON array of {reservation, event, scan, gate_name, at}, and says so: each once, whatever
-- else lets guests of it in at this moment. In the order of reservations, so that two transactions cannot block each other for good.
-- The message's id begins with the time of its scan, as all of them do.
create function check_parties_in(came jsonb, moment timestamptz, loudly boolean) returns void language plpgsql as $$
begin
    with first as (
        insert into party_check_ins (reservation_id, event_id, scan_id, gate_name, at)
        select distinct on (c.reservation) c.reservation, c.event, c.scan, c.gate_name, c.at
          from jsonb_to_recordset(came) as c (reservation uuid, event uuid, scan uuid, gate_name text, at timestamptz)
         order by c.reservation, c.at, c.scan
        on conflict do nothing returning *)
    insert into outbox (message_id, subject, aggregate, revision, payload, created_at, wakes)
    select (left(replace(f.scan_id::text, '-', ''), 12) || '7' || substr(md5(f.scan_id || 'party'), 1, 3)
                || 'a' || substr(md5(f.scan_id || 'party'), 4, 15))::uuid,
           'reservation.checked_in', f.reservation_id::text, 1,
           reservation_checked_in(f.reservation_id, f.event_id, f.scan_id, f.gate_name, f.at), moment, loudly
      from first f;
end $$;

-- Of scans of passes: checks in the parties of those who come in, and adds to what the answers say how many of the party are inside now.
-- Weighing has found the party (`facts`), so that scans of any other ticket look nothing up.
create function seat_parties(weighed weighed_scan[]) returns weighed_scan[] language plpgsql as $$
declare
    came   jsonb;
    moment timestamptz;
begin
    if not exists (select from unnest(weighed) where facts ? 'party') then
        return weighed;
    end if;
    select jsonb_agg(jsonb_build_object('reservation', facts -> 'party' -> 'reservation', 'event', (scan).event,
                'scan', (scan).id, 'gate_name', (scan).gate_name, 'at', (scan).now)),
           max((scan).now)
      into came, moment
      from unnest(weighed) where facts ? 'party' and reason = 'ok' and (scan).direction = 'entry';
    if came is not null then
        perform check_parties_in(came, moment, false);
    end if;
    return (select array_agg(case when w.facts ? 'party' then
                row (w.scan, w.reason, w.reason_lost, w.overridden, w.stay, w.nth, jsonb_set(w.facts, '{party,inside}',
                    to_jsonb(party_inside((w.facts #>> '{party,reservation}')::uuid))))::weighed_scan
            else w end order by (w.scan).ticket, (w.scan).id)
        from unnest(weighed) w);
end $$;

-- The same for what phones decided. Where a night has no tables this is one look.
create function seat_offline(asked jsonb) returns void language plpgsql as $$
declare
    came   jsonb;
    moment timestamptz;
begin
    if not exists (select from parties
        where event_id in (select r.event from jsonb_to_recordset(asked) as r (event uuid))) then
        return;
    end if;
    select jsonb_agg(jsonb_build_object('reservation', p.reservation_id, 'event', p.event_id, 'scan', r.id,
                'gate_name', r.gate_name, 'at', r.at)),
           max(r.now)
      into came, moment
      from jsonb_to_recordset(asked) as r (id uuid, event uuid, ticket uuid, gate_name text, at timestamptz, now timestamptz,
            decision text, direction text, undone_at timestamptz)
      join admissions a on a.ticket_id = r.ticket and a.event_id = r.event
      join parties p on p.event_id = a.event_id and p.order_reference = a.order_reference
     where r.decision = 'admit' and r.direction = 'entry' and r.undone_at is null
       and p.order_reference <> '' and party_stands(p.state);
    if came is not null then
        perform check_parties_in(came, moment, true);
    end if;
end $$;

-- Checks a party in whose guests the door let in before it heard of the party.
create function seat_known(party uuid, moment timestamptz) returns void language plpgsql as $$
declare
    came jsonb;
begin
    select jsonb_build_array(jsonb_build_object('reservation', p.reservation_id, 'event', p.event_id, 'scan', e.scan_id,
                'gate_name', e.gate_name, 'at', e.admitted_at))
      into came
      from parties p
      join admissions a on a.event_id = p.event_id and a.order_reference = p.order_reference
      join entries e on e.ticket_id = a.ticket_id and e.event_id = p.event_id
     where p.reservation_id = party and p.order_reference <> '' and party_stands(p.state) and e.annulled_at is null
     order by e.admitted_at, e.scan_id limit 1;
    if came is not null then
        perform check_parties_in(came, moment, true);
    end if;
end $$;

-- Empties the name of a booker who was forgotten: none of the order's tickets has it any more. It stands in the answers to the scans of
-- the whole party.
create function forget_booker(night uuid, reference text, moment timestamptz) returns void language plpgsql as $$
declare
    passes uuid[];
begin
    passes := array(select a.ticket_id from admissions a where a.event_id = night and a.order_reference = reference);
    update parties p set booker_name = ''
     where p.event_id = night and p.order_reference = reference and p.order_reference <> '' and p.booker_name <> ''
       and not exists (select from admissions a where a.ticket_id = any (passes) and a.holder_name = p.booker_name);
    -- Their reservation may have said so before, and its name be gone already.
    if exists (select from parties p where p.event_id = night and p.order_reference = reference and p.order_reference <> ''
            and p.booker_name = '') then
        update scans s set facts = jsonb_set(s.facts, '{party,booker}', '""')
         where s.facts #>> '{party,booker}' <> '' and s.id in (select x.id from scans_of(passes, night, moment) x);
    end if;
end $$;
revoke all on function forget_booker from public;

-- The same for a party of which its reservation says that nobody booked it any more, whether or not a pass of it had the booker's name.
create function forget_party(party uuid, moment timestamptz) returns void
    language plpgsql security definer set search_path from current as $$
begin
    perform forget_booker(p.event_id, p.order_reference, moment) from parties p
     where p.reservation_id = party and p.order_reference <> '' and p.booker_name = '';
end $$;
revoke all on function forget_party from public;
grant execute on function forget_party to scanner;

-- Puts some words of a function in place of others: the functions below stay what they were, but for these.
create function amend(body regprocedure, was text, becomes text) returns void language plpgsql as $$
declare
    told constant text := pg_get_functiondef(body);
begin
    if position(was in told) = 0 then
        raise exception '% does not say: %', body, was;
    end if;
    execute replace(told, was, becomes);
end $$;

-- The party that a ticket is a pass of. The night's ticket types know all but those of tables, so that no other ticket is looked for.
select amend('weigh_scans(scan_request[])', '    -- The ticket''s last stay here, and for',
$new$    left join lateral (
        select jsonb_build_object('reservation', p.reservation_id, 'tables', p.tables, 'booker', p.booker_name, 'inside', 0,
            'of', p.people, 'host', p.host, 'arrives_at', p.arrives_at) as told
        from parties p
        where kind.id is null and p.event_id = known.event_id and p.order_reference = known.order_reference
            and p.order_reference <> '' and party_stands(p.state)
        limit 1) as party on true
    -- The ticket's last stay here, and for$new$);
select amend('weigh_scans(scan_request[])', ')::weighed_scan order by scan.ticket, scan.id)',
    '|| case when party.told is null then ''{}'' else jsonb_build_object(''party'', party.told) end)::weighed_scan order by scan.ticket, scan.id)');
select amend('record_scans(jsonb)', 'perform tell_scans(weighed);', 'weighed := seat_parties(weighed); perform tell_scans(weighed);');
select amend('record_offline(jsonb)', 'perform tell_offline(asked, change);',
    'perform seat_offline(asked); perform tell_offline(asked, change);');
select amend('forget_ticket(uuid, timestamptz)', 'update forgotten f set done_at = moment',
    'perform forget_booker(due.event_id, due.order_reference, moment); update forgotten f set done_at = moment');
drop function amend(regprocedure, text, text);
