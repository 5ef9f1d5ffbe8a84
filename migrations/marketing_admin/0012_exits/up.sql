-- The door scans guests out as well: such a scan is neither an arrival (`admitted`) nor a refusal, and counts for how many are
-- inside alone.
ALTER TABLE scans ADD COLUMN is_exit boolean NOT NULL DEFAULT false;
ALTER TABLE scans ADD CONSTRAINT scans_exit_is_no_arrival CHECK (NOT (is_exit AND admitted));
