-- Who waits for a table of a night: when one comes free that takes the party, they are written to. Nothing is held for them.
CREATE TABLE table_waitlist (
  id        uuid PRIMARY KEY,
  place     bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT table_waitlist_place UNIQUE, -- the order of the line
  event_id  uuid NOT NULL REFERENCES events (id),
  party     integer NOT NULL CHECK (party BETWEEN 1 AND 1000),
  name      text NOT NULL,
  email     text NOT NULL,
  language  text NOT NULL CHECK (language IN ('en', 'es')),
  access_code text NOT NULL DEFAULT '',            -- what opens the night to them, where it is not everybody's
  joined_at timestamptz NOT NULL,
  told_at   timestamptz,                           -- when last of a table
  left_at   timestamptz
);
-- A guest waits once for a night, however the address is written.
CREATE UNIQUE INDEX table_waitlist_once ON table_waitlist (event_id, lower(email)) WHERE left_at IS NULL;
CREATE INDEX table_waitlist_line ON table_waitlist (event_id, place) WHERE left_at IS NULL;
CREATE INDEX table_waitlist_guest ON table_waitlist (lower(email));

-- Which table a party was told of last when.
CREATE TABLE table_waitlist_told (
  entry_id uuid NOT NULL REFERENCES table_waitlist (id) ON DELETE CASCADE,
  table_id uuid NOT NULL REFERENCES ticket_types (id),
  told_at  timestamptz NOT NULL,
  PRIMARY KEY (entry_id, table_id)
);

-- Tables that came free, for the worker that tells. Written by triggers in whoever's transaction frees one, and so without a key that
-- anybody could wait for: a table may be here twice, and is told of once. Whether it is free still, the worker looks.
CREATE TABLE freed_tables (
  id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  event_id  uuid NOT NULL,
  table_id  uuid NOT NULL,
  freed_at  timestamptz NOT NULL DEFAULT now(),
  worked_at timestamptz
);
CREATE INDEX freed_tables_open ON freed_tables (table_id) WHERE worked_at IS NULL;

-- A reservation ended, or went to another table.
CREATE FUNCTION reserved_table_freed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO freed_tables (event_id, table_id) VALUES (OLD.event_id, OLD.table_id);
  RETURN NULL;
END $$;
CREATE TRIGGER reserved_table_is_freed AFTER UPDATE ON reserved_tables FOR EACH ROW
  WHEN (OLD.live AND (NOT NEW.live OR NEW.table_id <> OLD.table_id)) EXECUTE FUNCTION reserved_table_freed();
CREATE TRIGGER reserved_table_is_dropped AFTER DELETE ON reserved_tables FOR EACH ROW
  WHEN (OLD.live) EXECUTE FUNCTION reserved_table_freed();

-- Its last place was given back: may come later than the reservation's end.
CREATE FUNCTION table_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO freed_tables (event_id, table_id)
    SELECT event_id, id FROM ticket_types WHERE id = NEW.id AND terms ->> 'kind' = 'table';
  RETURN NULL;
END $$;
CREATE TRIGGER table_is_emptied AFTER UPDATE ON stock FOR EACH ROW
  WHEN (OLD.held + OLD.sold > 0 AND NEW.held + NEW.sold = 0) EXECUTE FUNCTION table_emptied();

-- As a guest's other rows: their own address alone (accounts).
GRANT SELECT (event_id, name, email, party, joined_at, told_at, left_at) ON table_waitlist TO purchase_guest;
ALTER TABLE table_waitlist ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON table_waitlist TO purchase USING (true) WITH CHECK (true);
CREATE POLICY account ON table_waitlist FOR SELECT TO purchase_guest
  USING (lower(email) = nullif(current_setting('maguey.email', true), ''));
