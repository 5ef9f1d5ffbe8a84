DROP TABLE photos;
DROP TABLE incident_notes;
DROP TABLE incidents;
DROP INDEX admissions_name;
DROP INDEX admissions_banned;
ALTER TABLE admissions DROP COLUMN ban_note;
ALTER TABLE admissions DROP COLUMN name_key;
DROP TABLE bans;
DROP TABLE door_settings;
