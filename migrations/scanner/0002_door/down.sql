drop table ended_sessions, occupancy, entries, scans, admissions, gates, zones, events;
