alter table ended_sessions drop column revoked;
drop table device_hands, devices, device_invitations;
