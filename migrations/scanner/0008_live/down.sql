drop table door_states;
drop index entries_in_doubt;
drop index scans_offline;
