DROP TABLE door_words;
ALTER TABLE events DROP COLUMN shut_revision;
