create function amend(body regprocedure, was text, becomes text) returns void language plpgsql as $$
declare
    told constant text := pg_get_functiondef(body);
begin
    if position(was in told) = 0 then
        raise exception '% does not say: %', body, was;
    end if;
    execute replace(told, was, becomes);
end $$;
select amend('forget_ticket(uuid, timestamptz)',
    'perform forget_booker(due.event_id, due.order_reference, moment); update forgotten f set done_at = moment',
    'update forgotten f set done_at = moment');
select amend('record_offline(jsonb)', 'perform seat_offline(asked); perform tell_offline(asked, change);',
    'perform tell_offline(asked, change);');
select amend('record_scans(jsonb)', 'weighed := seat_parties(weighed); perform tell_scans(weighed);', 'perform tell_scans(weighed);');
select amend('weigh_scans(scan_request[])',
    '|| case when party.told is null then ''{}'' else jsonb_build_object(''party'', party.told) end)::weighed_scan order by scan.ticket, scan.id)',
    ')::weighed_scan order by scan.ticket, scan.id)');
select amend('weigh_scans(scan_request[])',
$new$    left join lateral (
        select jsonb_build_object('reservation', p.reservation_id, 'tables', p.tables, 'booker', p.booker_name, 'inside', 0,
            'of', p.people, 'host', p.host, 'arrives_at', p.arrives_at) as told
        from parties p
        where kind.id is null and p.event_id = known.event_id and p.order_reference = known.order_reference
            and p.order_reference <> '' and party_stands(p.state)
        limit 1) as party on true
    -- The ticket's last stay here, and for$new$, '    -- The ticket''s last stay here, and for');
drop function amend(regprocedure, text, text);
drop function forget_party(uuid, timestamptz);
drop function forget_booker(uuid, text, timestamptz);
drop function seat_known(uuid, timestamptz);
drop function seat_offline(jsonb);
drop function seat_parties(weighed_scan[]);
drop function check_parties_in(jsonb, timestamptz, boolean);
drop function reservation_checked_in(uuid, uuid, uuid, text, timestamptz);
drop function party_inside(uuid);
drop function party_stands(text);
drop index admissions_order;
drop table party_check_ins;
drop table parties;
