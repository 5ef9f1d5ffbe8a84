drop table ended_sessions, occupancy, entries, scans, admissions, ticket_types, gates, zones, events;
drop function set_changed_xid();
