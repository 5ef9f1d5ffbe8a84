-- An admission that the door undid: nobody came. It is no longer `admitted`, and no refusal either.
ALTER TABLE scans ADD COLUMN undone_at timestamptz;
ALTER TABLE scans ADD CONSTRAINT scans_undone_admitted_nobody CHECK (undone_at IS NULL OR NOT admitted);
