drop function forget_ticket;
drop function scans_of;
drop view incidents_of_forgotten;
alter table incident_notes drop column closes;
drop table forgotten;
