-- What phones did without the network. A phone that let somebody in has let somebody in: nothing here refuses such a scan. It is
-- written down, put in its place among what is known of the ticket, counted, and told.

-- By the device's clock as corrected by what it knew of its error; null where the server answered at once.
alter table scans add column corrected_at timestamptz;
-- The same scan as the server answered it, of one that a phone decided otherwise because the answer came too late.
alter table scans add column against uuid;
create index scans_against on scans (against) where against is not null;

-- For what stands beside the first entry of a ticket, which `entries_once` does not list.
create index entries_of_ticket on entries (ticket_id, zone_id);

-- Every exit that any place of the timeline below was made of. `entries.left_at` says which stay it ended, and that can change
-- with what other phones bring; the exit itself stays.
create table exits (
    ticket_id uuid not null,
    zone_id   uuid not null,
    left_at   timestamptz not null,
    gate_id   uuid not null,
    gate_name text not null,
    primary key (ticket_id, zone_id, left_at, gate_id)
);

-- What a phone brought that names no gate of ours, that cannot be read, or whose nonce stood for another scan. Never the code
-- itself: its digest is enough to find it again.
create table unmatched_scans (
    id           uuid primary key,
    content      bytea not null,
    device       uuid not null,
    staff_id     uuid not null,
    nonce        text not null,
    problem      text not null check (problem in ('shape', 'nonce', 'event', 'gate', 'code', 'reused')),
    event        text not null,
    gate         text not null,
    code_hash    bytea not null,
    direction    text not null,
    decision     text not null,
    reason       text not null,
    scanned_at   timestamptz,
    corrected_at timestamptz,
    recorded_at  timestamptz not null,
    constraint unmatched_scans_once unique (device, content)
);
create index unmatched_scans_event on unmatched_scans (event, recorded_at);

-- What a supervisor should look at. Follows from the entries, so it is the same in whatever order the phones reported; what was judged
-- at a report counts only where the entries say nothing.
create view conflicts as
-- Two guests with one ticket.
select e.scan_id, e.event_id, e.ticket_id, e.zone_id, e.admitted_at as at, e.gate_id, e.gate_name, e.device, e.staff_id,
       f.scan_id as first_scan_id, f.admitted_at as first_at, f.gate_name as first_gate_name, f.device as first_device,
       f.staff_id as first_staff_id, 'second_entry' as kind, s.judged
  from entries e
  left join entries f on f.ticket_id = e.ticket_id and f.zone_id = e.zone_id and f.nth = e.nth
       and f.is_primary and f.annulled_at is null
  left join scans s on s.id = e.scan_id
 where not e.is_primary and not e.forced and e.annulled_at is null
union all
-- One with a ticket that the phone could not know to be bad, with a picture of one, or at a time at which the club would have let nobody in.
select e.scan_id, e.event_id, e.ticket_id, e.zone_id, e.admitted_at, e.gate_id, e.gate_name, e.device, e.staff_id,
       null, null, null, null, null,
       case when why.judged in ('too_early', 'too_late', 'stale_code', 'full', 'banned') or why.answered then 'let_in_although' else 'not_allowed' end,
       why.judged
  from entries e join scans s on s.id = e.scan_id
 cross join lateral (select coalesce(bad.judged, late.judged, answer.judged) as judged,
                            bad.judged is null and late.judged is null as answered
   from (select case
        when s.judged in ('cancelled', 'refunded', 'revoked', 'blocked', 'disputed', 'banned', 'unpaid', 'unapproved', 'wrong_event', 'wrong_gate')
            then s.judged
        else coalesce(
            -- The door has heard of the ticket since, and of nothing good.
            (select case when a.status <> 'valid' and a.changed_at <= e.admitted_at then a.status
                         when a.event_id <> e.event_id then 'wrong_event' when a.zone_id <> e.zone_id then 'wrong_gate' end
               from admissions a where a.ticket_id = e.ticket_id and s.judged = 'unknown'),
            -- One stay more than the ticket's type allows: this one, or one that a gate let in online before it was known of this. By the
            -- stays and not by what was judged, which depends on who reported first.
            case when exists (select from entries l
                where l.ticket_id = e.ticket_id and l.zone_id = e.zone_id and l.is_primary and not l.forced and l.annulled_at is null
                  and l.nth > 1 and (l.scan_id = e.scan_id or l.nth > e.nth and not l.offline)
                  and coalesce(l.nth > (select t.entries_allowed from admissions a join ticket_types t on t.id = a.ticket_type_id
                                         where a.ticket_id = e.ticket_id), false)) then 'no_reentry' end) end as judged) as bad,
        -- Nobody knows the hour of a phone whose clock can't be right.
        (select case when s.judged in ('too_early', 'too_late', 'stale_code', 'full') and not s.time_suspect then s.judged end as judged) as late,
        -- The server had refused, and its answer came too late. What it said of the stays, the stays say better.
        (select (select o.reason from scans o where o.id = s.against and o.decision = 'deny'
                    and o.reason not in ('already_inside', 'no_reentry', 'unknown')) as judged) as answer) as why
 where e.is_primary and e.offline and not e.forced and e.annulled_at is null and why.judged is not null
union all
-- One whom the server let in and the phone sent away, for the answer came too late: their ticket counts as inside.
select e.scan_id, e.event_id, e.ticket_id, e.zone_id, e.admitted_at, e.gate_id, e.gate_name, e.device, e.staff_id,
       null, null, null, null, null, 'phone_said_no', p.reason
  from scans p join entries e on e.scan_id = p.against
 where p.against is not null and p.decision = 'deny' and e.is_primary and e.annulled_at is null
   and not exists (select from scans q where q.against = p.against and q.decision = 'deny' and q.id < p.id);

-- What a supervisor did about one.
create table conflict_notes (
    scan_id   uuid primary key,
    note      text not null check (length(note) between 1 and 500),
    staff_id  uuid not null,
    closed_at timestamptz not null
);

revoke update, delete, truncate on unmatched_scans, conflict_notes from scanner;
-- An exit that was undone has not been.
revoke update, truncate on exits from scanner;

-- The first locks of a scan, in the order of `record_scans`: the nonces (so that what came online under a nonce and what a phone
-- brings under it see each other), the nights, shared (so that a revocation sees every entry or is seen here), and the occupancy
-- rows of nights with a limit (so that nobody is let in on a count that is about to rise).
create function lock_offline(nonces text[], nights uuid[]) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(key) from (
        select distinct hashtextextended(nonce, 0) as key from unnest(nonces) as nonce order by key) as of_nonces;
    perform pg_advisory_xact_lock_shared(key) from (
        select distinct hashtextextended('entries of ' || night, 0) as key from unnest(nights) as night order by key) as of_nights;
    perform from occupancy where event_id = any (nights) and (limit_people is not null or zones_limited) order by event_id for update;
    if found then
        perform from zone_limits where event_id = any (nights) order by zone_id for update;
    end if;
end $$;

-- Puts the stays of some tickets in order: the same entries and exits give the same stays, whatever order they came in.
--
-- A walk through each ticket's entries and exits by time. Who comes in while nobody is inside begins the next stay, and is its
-- primary entry; who comes in meanwhile stands beside it, which is a conflict. Who goes out ends the stay, or else that of who stands
-- beside it. An entry that was admitted online walks along like any other, and loses the first place to an earlier one. What a
-- supervisor let in a second time online (forced) keeps the place that it was given.
--
-- Locks the entries in the order of tickets, as `record_scans` writes them, and walks through those alone: one that a gate committed
-- since may be left by the next gate while this goes on, and would be found open again, counted off. `entries_once` notices it where
-- it matters, and it is walked through the next time. Gives the change of people inside by event and by zone: of bodies,
-- not of tickets. The second guest with one ticket is a person inside too, and the fire brigade counts persons. Rows in `added` are
-- counted as new; what the others were before stands in them.
create function settle_entries(tickets uuid[], zones uuid[], added uuid[]) returns jsonb language plpgsql as $$
declare
    step       record;
    locked     uuid[];
    ticket     uuid;
    zone       uuid;
    stay       smallint := 0;
    first      int := 0;      -- whose stay goes on
    beside     int[] := '{}'; -- who stands beside it
    closes     int;
    n          int := 0;
    ids        uuid[] := '{}';
    primaries  boolean[] := '{}';
    places     smallint[] := '{}';
    lefts      timestamptz[] := '{}';
    left_gates uuid[] := '{}';
    left_names text[] := '{}';
    change     jsonb;
begin
    select array_agg(found.scan_id) into locked from (
        select e.scan_id from entries e join unnest(tickets, zones) as pair (ticket_id, zone_id) using (ticket_id, zone_id)
         order by e.ticket_id, e.zone_id, e.scan_id for update of e) as found;

    insert into exits (ticket_id, zone_id, left_at, gate_id, gate_name)
    select ticket_id, zone_id, left_at, coalesce(left_gate_id, gate_id), coalesce(left_gate_name, gate_name)
      from entries where scan_id = any (locked) and left_at is not null and annulled_at is null
    on conflict do nothing;

    for step in
        select e.ticket_id, e.zone_id, e.admitted_at as at, 0 as kind, e.scan_id, e.nth, null::uuid as gate_id, null::text as gate_name,
               e.forced and not e.is_primary and not e.offline as fixed
          from entries e where e.scan_id = any (locked) and e.annulled_at is null
        union all
        select x.ticket_id, x.zone_id, x.left_at, 1, null, null, x.gate_id, x.gate_name, false
          from exits x join unnest(tickets, zones) as pair (ticket_id, zone_id) using (ticket_id, zone_id)
         order by 1, 2, 3, 4, 5, 7
    loop
        if (step.ticket_id, step.zone_id) is distinct from (ticket, zone) then
            ticket := step.ticket_id;
            zone := step.zone_id;
            stay := 0;
            first := 0;
            beside := '{}';
        end if;
        if step.kind = 0 then
            n := n + 1;
            ids[n] := step.scan_id;
            lefts[n] := null;
            left_gates[n] := null;
            left_names[n] := null;
            if step.fixed then
                primaries[n] := false;
                places[n] := step.nth;
                beside := beside || n;
            elsif first > 0 then
                primaries[n] := false;
                places[n] := stay;
                beside := beside || n;
            else
                stay := stay + 1;
                primaries[n] := true;
                places[n] := stay;
                first := n;
            end if;
        else
            closes := coalesce(nullif(first, 0), beside[1], 0);
            if closes > 0 then
                lefts[closes] := step.at;
                left_gates[closes] := step.gate_id;
                left_names[closes] := step.gate_name;
                if closes = first then first := 0; else beside := array_remove(beside, closes); end if;
            end if;
        end if;
    end loop;

    select coalesce(jsonb_object_agg(place, bodies), '{}') into change
      from (select coalesce(e.event_id, e.zone_id) as place, sum((w.left_at is null)::int
                - case when e.scan_id = any (added) then 0 else (e.left_at is null)::int end) as bodies
              from unnest(ids, lefts) as w (scan_id, left_at) join entries e using (scan_id)
             group by grouping sets ((e.event_id), (e.zone_id))) as places;

    -- First who gives a place up, then who takes it: `entries_once` looks at each row by itself.
    update entries e set is_primary = false
      from unnest(ids, primaries, places) as w (scan_id, is_primary, nth)
     where e.scan_id = w.scan_id and e.is_primary and (not w.is_primary or e.nth <> w.nth);
    update entries e
       set is_primary = w.is_primary, nth = w.nth, left_at = w.left_at, left_gate_id = w.gate_id, left_gate_name = w.gate_name
      from unnest(ids, primaries, places, lefts, left_gates, left_names) as w (scan_id, is_primary, nth, left_at, gate_id, gate_name)
     where e.scan_id = w.scan_id
       and (e.is_primary, e.nth, e.left_at) is distinct from (w.is_primary, w.nth, w.left_at);
    return change;
end $$;

-- Counts the change in and tells of the scans, event by event; last in the transaction, as in `tell_scans`. Each scan raises the
-- revision, admitted or not: who reads the count takes that of the highest.
create function tell_offline(asked jsonb, change jsonb) returns void language plpgsql as $$
declare
    night record;
    total record;
begin
    for night in
        select r.event, count(*) as scans, coalesce((change ->> r.event::text)::bigint, 0) as bodies
          from jsonb_to_recordset(asked) as r (event uuid) group by r.event order by r.event
    loop
        insert into occupancy as o (event_id, inside, revision, uncounted)
        values (night.event, greatest(night.bodies, 0), night.scans, greatest(-night.bodies, 0))
        on conflict (event_id) do update
            set inside = greatest(o.inside + night.bodies, 0), revision = o.revision + night.scans,
                uncounted = o.uncounted + greatest(-o.inside - night.bodies, 0)
        returning inside, revision - night.scans as revision into total;

        insert into outbox (message_id, subject, aggregate, revision, payload, traceparent, created_at)
        select r.message_id, 'ticket.scanned', r.id::text, 1,
               r.payload || ticket_scanned_tail(r.decision, r.reason, total.inside, total.revision + row_number() over (order by r.id)),
               r.traceparent, r.now
          from jsonb_to_recordset(asked) as r (id uuid, event uuid, message_id uuid, payload bytea, decision text, reason text,
                                               traceparent text, now timestamptz)
         where r.event = night.event;

        update zone_limits z set inside = greatest(z.inside + (change ->> z.zone_id::text)::bigint, 0)
         where z.event_id = night.event and change ? z.zone_id::text;
    end loop;
end $$;

-- Writes down scans that a phone decided, given as a JSON array; call it after `lock_offline`, with scans that are not there yet.
--
-- Locks: nonces, nights and limits were taken, now tickets (their entries, in order), then the other occupancy rows; the order of
-- `record_scans`, so that neither blocks the other for good. A chunk of fifty holds them for some ten milliseconds.
--
-- An entry right that a gate uses online in this very moment is not seen by the walk, and `entries_once` refuses the walk's result
-- once that gate has committed. The walk is then done again, and sees it.
create function record_offline(asked jsonb) returns void language plpgsql
    set plan_cache_mode = 'force_generic_plan'
    set enable_seqscan = 'off'
    set enable_hashjoin = 'off'
    set enable_mergejoin = 'off' as $$
declare
    tickets uuid[];
    zones   uuid[];
    added   uuid[];
    change  jsonb;
begin
    insert into scans (id, device, nonce, content, event_id, gate_id, zone_id, ticket_id, staff_id, decision, reason, language,
        facts, scanned_at, corrected_at, recorded_at, time_suspect, direction, override_note, offline, judged, against)
    select r.id, r.device, r.nonce, r.content, r.event, r.gate, r.zone, r.ticket, r.staff, r.decision, r.reason, r.language,
        r.facts, r.scanned_at, r.corrected_at, r.now, r.time_suspect, r.direction, r.override_note, true, r.judged, r.against
      from jsonb_to_recordset(asked) as r (id uuid, device uuid, nonce text, content bytea, event uuid, gate uuid, zone uuid,
        ticket uuid, staff uuid, decision text, reason text, language text, facts jsonb, scanned_at timestamptz,
        corrected_at timestamptz, now timestamptz, time_suspect boolean, direction text, override_note text, judged text, against uuid);

    with brought as (
        -- Beside whatever there is, until the walk has said where.
        -- One that was taken back on the phone was never an entry for anybody else: the walk passes it by.
        insert into entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at, is_primary, device, staff_id,
            forced, offline, annulled_at)
        select r.id, r.ticket, r.zone, r.event, r.gate, r.gate_name, r.at, false, r.device, r.staff, r.forced, true, r.undone_at
          from jsonb_to_recordset(asked) as r (id uuid, ticket uuid, zone uuid, event uuid, gate uuid, gate_name text,
            at timestamptz, device uuid, staff uuid, forced boolean, decision text, direction text, undone_at timestamptz)
         where r.decision = 'admit' and r.direction = 'entry' and r.ticket is not null
         order by r.ticket, r.id
        returning scan_id)
    select array_agg(scan_id) into added from brought;

    insert into exits (ticket_id, zone_id, left_at, gate_id, gate_name)
    select r.ticket, r.zone, r.at, r.gate, r.gate_name
      from jsonb_to_recordset(asked) as r (ticket uuid, zone uuid, gate uuid, gate_name text, at timestamptz, decision text,
        direction text, undone_at timestamptz)
     where r.decision = 'admit' and r.direction = 'exit' and r.ticket is not null and r.undone_at is null
    on conflict do nothing;

    select array_agg(pair.ticket order by pair.ticket, pair.zone), array_agg(pair.zone order by pair.ticket, pair.zone)
      into tickets, zones
      from (select distinct r.ticket, r.zone from jsonb_to_recordset(asked) as r (ticket uuid, zone uuid, decision text)
             where r.decision = 'admit' and r.ticket is not null) as pair;

    -- Two phones that bring the entry and the exit of one stay in the same moment: the second walk finds both. No scan online takes these.
    perform pg_advisory_xact_lock(key) from (
        select hashtextextended('stays of ' || pair.ticket || pair.zone, 0) as key
          from unnest(tickets, zones) as pair (ticket, zone) order by key) as of_stays;

    for attempt in 1..5 loop
        begin
            change := settle_entries(coalesce(tickets, '{}'), coalesce(zones, '{}'), coalesce(added, '{}'));
            exit;
        exception when unique_violation then
            if attempt = 5 then raise; end if;
        end;
    end loop;
    perform tell_offline(asked, change);
end $$;
