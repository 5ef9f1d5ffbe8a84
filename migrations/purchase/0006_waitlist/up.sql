-- Who waits for a sold-out ticket type. A party in line becomes an offer, and an offer an order, in the same row: its places
-- are held in `stock` from the transaction that makes the offer to the one that claims it or lets it lapse.
CREATE TABLE waitlist (
  id             uuid PRIMARY KEY,
  place          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT waitlist_place UNIQUE, -- the order of the line
  event_id       uuid NOT NULL REFERENCES events (id),
  ticket_type_id uuid NOT NULL REFERENCES ticket_types (id),
  state          text NOT NULL CHECK (state IN ('waiting', 'offered', 'claimed', 'lapsed', 'left', 'closed')),
  name           text NOT NULL,
  email          text NOT NULL,
  language       text NOT NULL CHECK (language IN ('en', 'es')),
  party          integer NOT NULL CHECK (party >= 1),     -- how often it wants the ticket type
  places         integer NOT NULL CHECK (places >= party), -- tickets that makes
  short_since    timestamptz,                      -- places are free, but too few for it
  joined_at      timestamptz NOT NULL,
  offered_at     timestamptz,
  offered_until  timestamptz,                      -- claimed by then, or the next in line is asked
  stock_ids      uuid[] NOT NULL DEFAULT '{}',     -- the limits in which an offer's places are held
  order_id       uuid CONSTRAINT waitlist_order UNIQUE REFERENCES orders (id),
  settled_at     timestamptz,
  CONSTRAINT waitlist_state_has_its_time CHECK (
    CASE state
      WHEN 'waiting' THEN offered_at IS NULL AND settled_at IS NULL
      WHEN 'offered' THEN offered_until > offered_at AND cardinality(stock_ids) > 0 AND settled_at IS NULL
      WHEN 'claimed' THEN offered_at IS NOT NULL AND settled_at IS NOT NULL AND order_id IS NOT NULL
      WHEN 'lapsed'  THEN offered_at IS NOT NULL AND settled_at IS NOT NULL
      ELSE settled_at IS NOT NULL
    END),
  CONSTRAINT waitlist_claim_is_an_order CHECK ((state = 'claimed') = (order_id IS NOT NULL))
);
-- A guest stands in a line once, however the address is written.
CREATE UNIQUE INDEX waitlist_once ON waitlist (ticket_type_id, lower(email)) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_line ON waitlist (event_id, place) WHERE state = 'waiting';
CREATE INDEX waitlist_offers ON waitlist (event_id, offered_until) WHERE state = 'offered';
-- Who is through with the line stays in the table: what is looked at every few seconds passes them by.
CREATE INDEX waitlist_open ON waitlist (event_id) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_event ON waitlist (event_id, state);

-- A row per night that had a line. Whoever works at a night's lines holds it, so that others pass by.
CREATE TABLE waitlist_nights (
  event_id uuid PRIMARY KEY REFERENCES events (id)
);

-- Whatever frees places wakes the line, if there is one: the end of a hold, a refund, a larger room. Taking places costs the
-- comparison alone.
CREATE FUNCTION stock_freed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM waitlist WHERE event_id = NEW.event_id AND state = 'waiting') THEN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '_waitlist', '');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_freed_wakes_the_line AFTER UPDATE ON stock FOR EACH ROW
  WHEN (NEW.capacity - NEW.held - NEW.sold > OLD.capacity - OLD.held - OLD.sold) EXECUTE FUNCTION stock_freed();

-- So does whoever joins it: a place may have come free while they wrote their name.
CREATE FUNCTION waitlist_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_TABLE_SCHEMA || '_waitlist', '');
  RETURN NULL;
END $$;
CREATE TRIGGER waitlist_joined_wakes_the_line AFTER INSERT ON waitlist FOR EACH STATEMENT
  EXECUTE FUNCTION waitlist_joined();

REVOKE DELETE, TRUNCATE ON waitlist FROM purchase;
