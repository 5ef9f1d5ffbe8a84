alter table door_states drop column zones, drop column alarms;
drop function warn_level(bigint, bigint);
drop table zone_limits;
