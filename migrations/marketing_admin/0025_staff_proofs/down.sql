ALTER TABLE sessions DROP COLUMN seen_at;
DROP TABLE staff_pending;
