DROP TABLE photos;
DROP TABLE incident_notes;
DROP TABLE incidents;
DROP INDEX admissions_name;
DROP INDEX admissions_banned;
DROP TABLE bans;
DROP TABLE door_settings;
