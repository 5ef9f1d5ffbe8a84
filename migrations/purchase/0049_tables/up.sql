-- Tables: the floor plans that marketing-admin told us, and who has which table.

-- A night's plan as it was told (messages::marketing_admin::v1::FloorPlanChanged, its bytes). No foreign key: it may come before the
-- night itself. Its tables are ticket types of kind `table`, each with its own stock row; its price is the deposit.
CREATE TABLE floor_plans (
  event_id   uuid PRIMARY KEY,
  revision   bigint NOT NULL,
  open       boolean NOT NULL,                     -- guests can book now
  message    bytea NOT NULL,
  changed_at timestamptz NOT NULL
);

-- One party, one night. Its order pays the deposit, and holds its passes: the order's tickets.
CREATE TABLE reservations (
  id            uuid PRIMARY KEY,
  event_id      uuid NOT NULL REFERENCES events (id),
  order_id      uuid CONSTRAINT reservations_order UNIQUE REFERENCES orders (id), -- null: a request that nobody has said yes to
  state         text NOT NULL CHECK (state IN
                  ('requested', 'pending', 'confirmed', 'checked_in', 'closed', 'expired', 'cancelled', 'no_show')),
  revision      bigint NOT NULL DEFAULT 1,
  party         integer NOT NULL CHECK (party BETWEEN 1 AND 100),
  booker_name   text NOT NULL,
  booker_email  text NOT NULL,
  language      text NOT NULL CHECK (language IN ('en', 'es')),
  arrives_at    timestamptz NOT NULL,              -- when the party is to arrive
  occasion      text NOT NULL DEFAULT '',
  wish          text NOT NULL DEFAULT '',          -- what the booker asks of the club, a host among it
  host          text NOT NULL DEFAULT '',          -- who looks after the table
  promoter      text NOT NULL DEFAULT '',
  preorder      jsonb NOT NULL DEFAULT '[]',       -- [{"bottle_id", "name", "quantity", "price_minor"}]
  currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  minimum_minor bigint NOT NULL CHECK (minimum_minor >= 0),
  deposit_minor bigint NOT NULL CHECK (deposit_minor >= 0),
  spent_minor   bigint NOT NULL DEFAULT 0 CHECK (spent_minor >= 0), -- at the table so far, as the host enters it
  made_at       timestamptz NOT NULL,
  changed_at    timestamptz NOT NULL,
  checked_in_at timestamptz,
  closed_at     timestamptz,
  asked         boolean NOT NULL DEFAULT false,    -- it began as a request, to which a host says yes or no
  CONSTRAINT reservations_paid_by_an_order CHECK (order_id IS NOT NULL OR state IN ('requested', 'cancelled')),
  CONSTRAINT reservations_checked_in CHECK (state NOT IN ('checked_in', 'closed') OR checked_in_at IS NOT NULL),
  CONSTRAINT reservations_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX reservations_event ON reservations (event_id, id);
CREATE INDEX reservations_guest ON reservations (lower(booker_email));
CREATE INDEX reservations_requested ON reservations (event_id, lower(booker_email)) WHERE state = 'requested';
CREATE INDEX reservations_expected ON reservations (arrives_at) WHERE state = 'confirmed';

-- The tables of a reservation: one, or several that were put together. `live` follows the reservation's state, by a trigger, so that
-- the constraint holds whatever the service does: one live reservation per table and night. Deferrable, for two parties swap tables in
-- one transaction.
CREATE TABLE reserved_tables (
  reservation_id uuid NOT NULL REFERENCES reservations (id),
  table_id       uuid NOT NULL REFERENCES ticket_types (id),
  event_id       uuid NOT NULL REFERENCES events (id),
  position       integer NOT NULL,
  live           boolean NOT NULL,
  PRIMARY KEY (reservation_id, table_id),
  CONSTRAINT reserved_tables_one_live EXCLUDE USING btree (event_id WITH =, table_id WITH =) WHERE (live)
    DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX reserved_tables_table ON reserved_tables (table_id);

-- What staff had done: the same key is the same command. Forgotten after a while.
CREATE TABLE reservation_commands (
  key            text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 255),
  reservation_id uuid NOT NULL REFERENCES reservations (id),
  fingerprint    bytea NOT NULL,
  made_at        timestamptz NOT NULL
);
CREATE INDEX reservation_commands_made ON reservation_commands (made_at);

CREATE FUNCTION reservation_is_live(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
  $$ SELECT state IN ('pending', 'confirmed', 'checked_in') $$;

CREATE FUNCTION reserved_tables_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE reserved_tables SET live = reservation_is_live(NEW.state) WHERE reservation_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER reserved_tables_follow AFTER UPDATE OF state ON reservations
  FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION reserved_tables_follow();

CREATE FUNCTION reserved_tables_begin() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.live := (SELECT reservation_is_live(state) FROM reservations WHERE id = NEW.reservation_id);
  RETURN NEW;
END $$;
CREATE TRIGGER reserved_tables_begin BEFORE INSERT ON reserved_tables
  FOR EACH ROW EXECUTE FUNCTION reserved_tables_begin();

-- As an order's other rows (row_security, accounts): a guest sees the reservation of the order that they opened, or of their own.
GRANT SELECT ON reservations TO purchase_guest;
ALTER TABLE reservations ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON reservations TO purchase USING (true) WITH CHECK (true);
CREATE POLICY guest ON reservations FOR SELECT TO purchase_guest
  USING (order_id = nullif(current_setting('maguey.order_key', true), '')::uuid);
CREATE POLICY account ON reservations FOR SELECT TO purchase_guest USING (order_id = ANY (ARRAY(SELECT guest_orders())));
