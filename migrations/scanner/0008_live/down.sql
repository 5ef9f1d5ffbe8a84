drop table door_states;
drop index entries_in_conflict;
drop index scans_recorded_at;
