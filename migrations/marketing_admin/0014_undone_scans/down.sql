ALTER TABLE scans DROP COLUMN undone_at;
