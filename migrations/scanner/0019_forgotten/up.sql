-- Guests who asked to be forgotten, and what the door holds about one.
--
-- The door knows no accounts. Whose account is erased loses the name on their tickets once their night is over: purchase says so, ticket by
-- ticket, and from then on everything that the door wrote down beside the ticket is due to go as well.
create table forgotten (
    ticket_id       uuid primary key,
    event_id        uuid not null,
    order_reference text not null,
    ban_id          uuid,          -- which was in force for the name that the ticket had
    heard_at        timestamptz not null,
    held_for        text check (held_for in ('ban', 'incident')), -- what stands in the way; the audit log says since when
    held_by         uuid,
    done_at         timestamptz,
    check ((held_for is null) = (held_by is null)),
    check (done_at is null or held_for is null)
);
create index forgotten_open on forgotten (heard_at) where done_at is null;
revoke delete, truncate on forgotten from scanner;

-- A note that says that nothing more will come of an incident: no claim, no police.
alter table incident_notes add column closes boolean not null default false;

-- Incidents about somebody who is to be forgotten: those of the ticket, and those of its order alone once no ticket of it has a name. What
-- may become a claim or a case of the police is open until a note closes it.
create view incidents_of_forgotten as
select f.ticket_id, i.id as incident_id, i.photo,
       i.kind in ('ejection', 'medical', 'theft', 'fight', 'damage')
           and not exists (select from incident_notes n where n.incident_id = i.id and n.closes) as open
  from forgotten f
  join incidents i on i.event_id = f.event_id
       and (i.ticket_id = f.ticket_id
            or i.ticket_id is null and i.order_reference = f.order_reference
               and not exists (select from admissions a
                    where a.event_id = f.event_id and a.order_reference = f.order_reference and a.holder_name <> ''))
 where f.done_at is null;

-- What was scanned of some tickets on their night. Scans have no index by ticket, which would cost every scan: their ids begin with their
-- time, so those of one night are read (from before its doors, should they have been tried out, until two days after its end), and those of
-- phones whose clock was days out.
create function scans_of(whose uuid[], night uuid, moment timestamptz) returns setof scans language plpgsql stable as $$
declare
    lowest  uuid;
    highest uuid;
begin
    select (lpad(to_hex((extract(epoch from least(entry_from, now()) - interval '2 days') * 1000)::bigint), 12, '0')
                || repeat('0', 20))::uuid,
           case when ends_at + interval '2 days' < moment then
               (lpad(to_hex((extract(epoch from ends_at + interval '2 days') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
           else 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid end
      into lowest, highest from events where id = night;
    return query select s.* from scans s where s.id > lowest and s.id < highest and s.ticket_id = any (whose);
    return query select s.* from scans s
         where s.event_id = night and s.offline and (s.id <= lowest or s.id >= highest) and s.ticket_id = any (whose);
end $$;

-- Forgets whose ticket this was: their photographs, what was written about them, their name and age in the answers to their scans. That
-- somebody came in, when and where, stays: the count of a night must add up. Does nothing for a ticket that nobody asked to forget, or while
-- something stands in the way.
create function forget_ticket(whose uuid, moment timestamptz) returns jsonb
    language plpgsql security definer set search_path from current as $$
declare
    due       forgotten;
    happened  uuid[];
    pictures  uuid[];
    seen      uuid[];
    erased    integer;
    erased_of integer;
begin
    select * into due from forgotten where ticket_id = whose and done_at is null for update;
    if due.ticket_id is null
        or exists (select from bans where id = due.ban_id and in_force)
        or exists (select from incidents_of_forgotten i where i.ticket_id = whose and i.open) then
        return null;
    end if;
    select coalesce(array_agg(i.incident_id), '{}'), coalesce(array_agg(i.photo) filter (where i.photo is not null), '{}')
      into happened, pictures from incidents_of_forgotten i where i.ticket_id = whose;
    seen := array(select s.id from scans_of(array[whose], due.event_id, moment) s);

    delete from photos p where p.ticket_id = whose;
    get diagnostics erased = row_count;
    delete from photos p where p.id = any (pictures);
    get diagnostics erased_of = row_count;
    update incident_notes n set text = '–' where n.incident_id = any (happened);
    update incidents i set text = '–', ticket_id = null, order_reference = null where i.id = any (happened);
    update scans s set override_note = case when s.override_note is not null then '–' end,
           facts = s.facts - 'age' - 'attention' || case when s.facts ? 'holder' then '{"holder": ""}'::jsonb else '{}'::jsonb end
     where s.id = any (seen);
    update check_ins c set note = case when c.reason = 'other' then '–' end where c.ticket_id = whose;
    update undos u set reason = '–' where u.scan_id = any (seen);
    update id_checks c set note = null where c.scan_id = any (seen);
    update conflict_notes c set note = '–' where c.scan_id = any (seen);
    update forgotten f set done_at = moment, held_for = null, held_by = null where f.ticket_id = whose;
    return jsonb_build_object('incidents', cardinality(happened), 'photos', erased + erased_of, 'scans', cardinality(seen));
end $$;
revoke all on function forget_ticket from public;
grant execute on function forget_ticket to scanner;
