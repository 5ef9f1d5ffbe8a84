-- Everything the sale of tickets needs. Invariants stand here as constraints, so that no bug in the service can break them.

-- ---------------------------------------------------------------- catalog: what marketing-admin told us is for sale
CREATE TABLE events (
  id               uuid PRIMARY KEY,
  revision         bigint NOT NULL,
  -- Not unique: two snapshots may arrive in another order than they were made. The owner keeps slugs unique;
  -- the newest snapshot wins here.
  slug             text NOT NULL,
  title            text NOT NULL,
  description      text NOT NULL,
  status           text NOT NULL CHECK (status IN ('draft', 'published', 'cancelled', 'archived')),
  starts_at        timestamptz NOT NULL,
  ends_at          timestamptz NOT NULL CHECK (ends_at > starts_at),
  entry_from       timestamptz NOT NULL,           -- the doors: guests change nothing of their tickets any more
  time_zone        text NOT NULL,
  venue_name       text NOT NULL,
  venue_address    text NOT NULL,
  currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  fee_fixed_minor  bigint NOT NULL CHECK (fee_fixed_minor >= 0),
  fee_basis_points bigint NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
  fee_absorbed     boolean NOT NULL,
  terms            jsonb NOT NULL,                 -- domain::event::terms::EventTerms
  changed_at       timestamptz NOT NULL
);
CREATE INDEX events_slug ON events (slug);
CREATE INDEX events_on_sale ON events (starts_at) WHERE status = 'published';

CREATE TABLE ticket_types (
  id             uuid PRIMARY KEY,
  event_id       uuid NOT NULL REFERENCES events (id),
  name           text NOT NULL,
  description    text NOT NULL,
  price_minor    bigint NOT NULL CHECK (price_minor >= 0),
  min_per_order  integer NOT NULL CHECK (min_per_order >= 1),
  max_per_order  integer NOT NULL CHECK (max_per_order >= min_per_order),
  sale_from      timestamptz,                      -- null: since publication
  sale_until     timestamptz,                      -- null: until the event ends
  zone_id        uuid NOT NULL,
  position       integer NOT NULL,
  attention      text NOT NULL,                    -- shown at the door; may be empty
  terms          jsonb NOT NULL,                   -- domain::event::terms::TypeTerms
  shared_cap_id  uuid,                             -- out of the terms: the second stock row that it takes from
  withdrawn      boolean NOT NULL DEFAULT false    -- no longer in the snapshot; old orders still name it
);
CREATE INDEX ticket_types_event ON ticket_types (event_id, position);

-- ---------------------------------------------------------------- inventory
-- One row per limit, and the only place that decides what is left, counted in tickets. A limit is a ticket type's own, a
-- tier's (an early price with a number of tickets), or one that several types share (the room). An order takes from all
-- limits of what it buys, or from none. `capacity` is what the database enforces; `asked_capacity` is what the club wants.
-- They differ only while more is held and sold than the club now wants: then nothing more is sold, and `capacity` follows
-- down as holds end.
CREATE TABLE stock (
  id             uuid PRIMARY KEY,                 -- of the ticket type, the tier or the shared limit
  event_id       uuid NOT NULL REFERENCES events (id),
  ticket_type_id uuid REFERENCES ticket_types (id), -- null for a shared limit
  asked_capacity bigint NOT NULL CHECK (asked_capacity >= 0),
  capacity       bigint NOT NULL,
  held           bigint NOT NULL DEFAULT 0,
  sold           bigint NOT NULL DEFAULT 0,
  CONSTRAINT stock_never_oversold CHECK (held >= 0 AND sold >= 0 AND held + sold <= capacity),
  CONSTRAINT stock_capacity_asked CHECK (capacity >= asked_capacity)
) WITH (fillfactor = 50);                          -- the hot rows stay on their page when a rush rewrites them
CREATE INDEX stock_event ON stock (event_id);
CREATE INDEX stock_ticket_type ON stock (ticket_type_id);

-- A capacity the club lowered below what was already held and sold: recorded, because staff must know.
CREATE TABLE stock_clamps (
  stock_id       uuid NOT NULL REFERENCES stock (id),
  event_revision bigint NOT NULL,
  asked_capacity bigint NOT NULL,
  held           bigint NOT NULL,
  sold           bigint NOT NULL,
  noted_at       timestamptz NOT NULL,
  PRIMARY KEY (stock_id, event_revision)
);

-- ---------------------------------------------------------------- promos: what marketing-admin told us, and who used it
-- `taken` counts open holds too. `ceiling` is what the database enforces; like a capacity it never falls below what is taken.
CREATE TABLE promos (
  id              uuid PRIMARY KEY,
  revision        bigint NOT NULL,
  off             jsonb NOT NULL,                  -- domain::quote::Off
  currency        text NOT NULL,
  event_id        uuid,                            -- null: every night
  ticket_type_ids uuid[] NOT NULL,                 -- empty: every type
  minimum_minor   bigint NOT NULL CHECK (minimum_minor >= 0),
  valid_from      timestamptz,
  valid_until     timestamptz,
  most            bigint CHECK (most > 0),         -- orders in all, as the club wants; null: no limit
  ceiling         bigint,
  most_per_guest  bigint CHECK (most_per_guest > 0),
  single_use      boolean NOT NULL,                -- each code is good for one order
  promoter        text NOT NULL,
  active          boolean NOT NULL,
  taken           bigint NOT NULL DEFAULT 0,
  changed_at      timestamptz NOT NULL,
  CONSTRAINT promos_never_overused CHECK (taken >= 0 AND (ceiling IS NULL OR taken <= ceiling)),
  CONSTRAINT promos_ceiling_asked CHECK ((most IS NULL) = (ceiling IS NULL) AND ceiling >= most)
);

CREATE TABLE promo_codes (
  code       text PRIMARY KEY,                     -- as domain::promo::PromoCode writes it
  promo_id   uuid NOT NULL REFERENCES promos (id),
  single_use boolean NOT NULL,
  taken      bigint NOT NULL DEFAULT 0,
  withdrawn  boolean NOT NULL DEFAULT false,       -- no longer in the snapshot
  CONSTRAINT promo_codes_used_once CHECK (taken >= 0 AND (NOT single_use OR taken <= 1))
);
CREATE INDEX promo_codes_promo ON promo_codes (promo_id);

-- ---------------------------------------------------------------- checkout
CREATE TABLE orders (
  id            uuid PRIMARY KEY,
  reference     text NOT NULL CONSTRAINT orders_reference UNIQUE,
  event_id      uuid NOT NULL REFERENCES events (id),
  state         text NOT NULL CHECK (state IN ('pending', 'paid', 'expired', 'refunded')),
  revision      bigint NOT NULL DEFAULT 1,
  buyer_name    text NOT NULL,
  buyer_email   text NOT NULL,
  language      text NOT NULL CHECK (language IN ('en', 'es')),
  currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  total_minor   bigint NOT NULL CHECK (total_minor >= 0),
  promo_id      uuid REFERENCES promos (id),
  promo_code    text,
  promoter      text NOT NULL DEFAULT '',           -- whom the sale is credited to
  held_until    timestamptz NOT NULL,
  created_at    timestamptz NOT NULL,
  paid_at       timestamptz,
  expired_at    timestamptz,
  refunded_at   timestamptz,
  next_check_at timestamptz NOT NULL,              -- when the sweep looks at it again, while pending
  client        text,                              -- the network address it came from, for as long as it waits to be paid
  client_network text,                             -- the network that the address is in, a /24 or a /48; together with it
  CONSTRAINT orders_client_while_pending CHECK (
    CASE num_nonnulls(client, client_network) WHEN 0 THEN true WHEN 2 THEN state = 'pending' ELSE false END),
  CONSTRAINT orders_free_is_paid_at_once CHECK (total_minor > 0 OR state IN ('paid', 'refunded')),
  CONSTRAINT orders_state_has_its_time CHECK (
    CASE state
      WHEN 'pending'  THEN paid_at IS NULL AND expired_at IS NULL AND refunded_at IS NULL
      WHEN 'paid'     THEN paid_at IS NOT NULL AND refunded_at IS NULL
      WHEN 'expired'  THEN expired_at IS NOT NULL AND paid_at IS NULL AND refunded_at IS NULL
      WHEN 'refunded' THEN refunded_at IS NOT NULL AND (paid_at IS NOT NULL OR expired_at IS NOT NULL)
    END)
);
CREATE INDEX orders_to_check ON orders (next_check_at) WHERE state = 'pending';
CREATE INDEX orders_event ON orders (event_id, id); -- with the key, so that a list of them goes on where a page ended
-- A guest's orders: how many tickets they have, where a type limits that, and what staff look for.
CREATE INDEX orders_guest ON orders (lower(buyer_email));
-- How many tickets of one address, and of one network, wait to be paid.
CREATE INDEX orders_client ON orders (client) WHERE client IS NOT NULL;
CREATE INDEX orders_client_network ON orders (client_network) WHERE client_network IS NOT NULL;

-- Where somebody asked from is nobody's business once the order no longer waits.
CREATE FUNCTION orders_forget_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.client := NULL;
  NEW.client_network := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_forget_client BEFORE UPDATE ON orders
  FOR EACH ROW WHEN (num_nonnulls(NEW.client, NEW.client_network) > 0 AND NEW.state <> 'pending') EXECUTE FUNCTION orders_forget_client();

-- The quote as it was held: what is charged, and what the receipt says.
CREATE TABLE order_lines (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL REFERENCES orders (id),
  position       integer NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('ticket', 'discount', 'fee', 'tax', 'credit')),
  ticket_type_id uuid REFERENCES ticket_types (id),
  label          text NOT NULL,
  quantity       integer NOT NULL CHECK (quantity >= 1),
  places         integer NOT NULL CHECK (places >= 0), -- tickets to be issued for it
  unit_minor     bigint NOT NULL,
  total_minor    bigint NOT NULL,
  tax_minor      bigint NOT NULL CHECK (tax_minor >= 0), -- how much of the total is tax
  tax_basis_points bigint NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 10000),
  absorbed_fee_minor bigint NOT NULL CHECK (absorbed_fee_minor >= 0), -- how much of the total is a fee the club bears
  stock_ids      uuid[] NOT NULL,                   -- the limits its places are taken from
  CONSTRAINT order_lines_position UNIQUE (order_id, position),
  CONSTRAINT order_lines_discounts_alone_are_negative CHECK ((kind IN ('discount', 'credit')) = (total_minor < 0)),
  CONSTRAINT order_lines_ticket_sums CHECK (
    kind <> 'ticket' OR (ticket_type_id IS NOT NULL AND total_minor = unit_minor * quantity
                         AND places >= quantity AND cardinality(stock_ids) > 0)),
  CONSTRAINT order_lines_places_are_tickets CHECK (kind = 'ticket' OR (places = 0 AND cardinality(stock_ids) = 0))
);

-- Who used a promo, with which order: held with the places, used once paid, freed with the places.
CREATE TABLE promo_redemptions (
  order_id uuid PRIMARY KEY REFERENCES orders (id),
  promo_id uuid NOT NULL REFERENCES promos (id),
  code     text NOT NULL REFERENCES promo_codes (code),
  guest    text NOT NULL,                           -- the buyer's address in lower case
  state    text NOT NULL CHECK (state IN ('held', 'used', 'freed'))
);
CREATE INDEX promo_redemptions_guest ON promo_redemptions (promo_id, guest) WHERE state <> 'freed';

-- One row per Idempotency-Key that led to an order. `fingerprint` is a hash of what was asked.
CREATE TABLE checkout_requests (
  key         text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 255),
  fingerprint bytea NOT NULL,
  order_id    uuid NOT NULL REFERENCES orders (id),
  created_at  timestamptz NOT NULL
);
-- Late money asks with which guest's own code of a presale its order was placed.
CREATE INDEX checkout_requests_presale ON checkout_requests (order_id) WHERE key LIKE 'presale:%';

-- ---------------------------------------------------------------- payments
-- One try to pay. The row is committed before Stripe hears of it; its id is the idempotency key, and what is sent stands in
-- `request`, so that a repeat is identical whatever build makes it.
CREATE TABLE attempts (
  id                uuid PRIMARY KEY,
  order_id          uuid NOT NULL REFERENCES orders (id),
  state             text NOT NULL CHECK (state IN ('open', 'complete', 'dead')),
  request           jsonb NOT NULL,
  lease_until       timestamptz NOT NULL,          -- somebody is calling Stripe for it until then
  session_id        text CONSTRAINT attempts_session UNIQUE,
  checkout_url      text,
  problem           text,                          -- the last thing Stripe said, for staff
  declined          text,                          -- why the last card was declined, as Stripe calls it
  processing        boolean NOT NULL DEFAULT false, -- the guest has paid by a slow method, and the money is on its way
  created_at        timestamptz NOT NULL,
  settled_at        timestamptz,
  CONSTRAINT attempts_settled CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX attempts_one_open ON attempts (order_id) WHERE state = 'open';
CREATE INDEX attempts_order ON attempts (order_id);

-- Money that Stripe captured. `purpose` says what became of it.
CREATE TABLE payments (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL REFERENCES orders (id),
  session_id     text NOT NULL CONSTRAINT payments_session UNIQUE,
  payment_intent text NOT NULL CONSTRAINT payments_intent UNIQUE,
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
  currency       text NOT NULL,
  purpose        text NOT NULL CHECK (purpose IN ('order', 'returned')),
  captured_at    timestamptz NOT NULL,
  -- What goes back or has gone back of it: the refunds that were not withdrawn.
  refunded_minor bigint NOT NULL DEFAULT 0,
  CONSTRAINT payments_never_overrefunded CHECK (refunded_minor BETWEEN 0 AND amount_minor)
);
-- An order is paid by one payment; any other one goes back.
CREATE UNIQUE INDEX payments_one_per_order ON payments (order_id) WHERE purpose = 'order';
CREATE INDEX payments_order ON payments (order_id);

-- Money to give back. The row is committed before Stripe hears of it; its id is the idempotency key.
--
--   asked ──▶ pending ──▶ succeeded
--     │          └──────▶ failed ──▶ settled_otherwise
--     └──▶ withdrawn
--
-- `asked`: the door has not said yet whether the tickets' guests are inside. `withdrawn`: they are, and nobody said "anyway".
-- `settled_otherwise`: Stripe could not give it back, and the club has paid the guest another way.
CREATE TABLE refunds (
  id            uuid PRIMARY KEY,
  payment_id    uuid NOT NULL REFERENCES payments (id),
  order_id      uuid NOT NULL REFERENCES orders (id),
  -- A payment that became no order goes back whole; of an order's: all that is left, some tickets, or an amount.
  scope         text NOT NULL CHECK (scope IN ('payment', 'order', 'tickets', 'amount')),
  amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
  fees_minor    bigint NOT NULL DEFAULT 0 CHECK (fees_minor >= 0), -- how much of it is service fee
  tax_minor     bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),  -- how much of it is tax
  currency      text NOT NULL,
  reason        text NOT NULL CHECK (reason IN
                  ('late_payment', 'second_payment', 'amount_mismatch', 'event_off_sale', 'staff', 'guest', 'night_cancelled',
                   'at_stripe')),
  state         text NOT NULL CHECK (state IN ('asked', 'pending', 'succeeded', 'failed', 'withdrawn', 'settled_otherwise')),
  settled_how   text CHECK (settled_how IN ('cash', 'bank_transfer')), -- how the club paid it itself
  key           text CONSTRAINT refunds_key UNIQUE CHECK (length(key) BETWEEN 1 AND 255), -- of whoever asked: the same one is one refund
  anyway        boolean NOT NULL DEFAULT false,    -- also for guests who are inside
  stripe_refund text CONSTRAINT refunds_stripe UNIQUE,
  tries         integer NOT NULL DEFAULT 0,
  refusals      integer NOT NULL DEFAULT 0,        -- each makes a new idempotency key: Stripe remembers a "no" for its key
  next_try_at   timestamptz NOT NULL,
  problem       text,
  -- Stripe's refunds of this payment that came to nothing, before a person had it tried again: news of them are old news.
  failed_before text[] NOT NULL DEFAULT '{}',
  retried_at    timestamptz,                       -- when a person last did
  -- The door was silent and nobody waited for it: when it is asked once more who came in, so that the others' places come free.
  door_due_at   timestamptz,
  created_at    timestamptz NOT NULL,
  settled_at    timestamptz,
  CONSTRAINT refunds_parts CHECK (fees_minor + tax_minor <= amount_minor),
  CONSTRAINT refunds_settled CHECK ((state IN ('asked', 'pending')) = (settled_at IS NULL)),
  CONSTRAINT refunds_succeeded CHECK (state <> 'succeeded' OR stripe_refund IS NOT NULL),
  CONSTRAINT refunds_settled_otherwise CHECK ((state = 'settled_otherwise') = (settled_how IS NOT NULL))
);
-- A payment that became no order goes back once.
CREATE UNIQUE INDEX refunds_payment ON refunds (payment_id) WHERE scope = 'payment';
CREATE INDEX refunds_of_payment ON refunds (payment_id);
CREATE INDEX refunds_due ON refunds (next_try_at) WHERE state IN ('asked', 'pending');
CREATE INDEX refunds_door_due ON refunds (door_due_at) WHERE door_due_at IS NOT NULL;
CREATE INDEX refunds_unsettled ON refunds (id) WHERE state IN ('asked', 'pending', 'failed');
CREATE INDEX refunds_otherwise ON refunds (order_id) WHERE state = 'settled_otherwise';
CREATE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_by_time ON refunds (created_at, id);

-- What Stripe posted to us, as it came. Answered 200 once it stands here, worked off afterwards.
CREATE TABLE webhook_events (
  id           text PRIMARY KEY,                   -- Stripe's event id: each acts once
  kind         text NOT NULL,
  session_id   text,                               -- where it speaks of a Checkout Session
  body         text NOT NULL,
  state        text NOT NULL CHECK (state IN ('waiting', 'done', 'ignored', 'quarantined')),
  outcome      text,
  tries        integer NOT NULL DEFAULT 0,
  next_try_at  timestamptz NOT NULL,
  received_at  timestamptz NOT NULL,
  processed_at timestamptz,                        -- worked off, or ignored on arrival
  traceparent  text                                -- of the request that brought it
);
CREATE INDEX webhook_events_waiting ON webhook_events (next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_events_session ON webhook_events (session_id);
CREATE INDEX webhook_events_to_forget ON webhook_events (processed_at) WHERE body <> '';

-- Money or messages that fit no order, kept until a person has looked.
CREATE TABLE quarantine (
  id             uuid PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN
                   ('unknown_order', 'amount_mismatch', 'session_missing', 'dispute', 'refunded_at_stripe', 'credit_disputed')),
  object_id      text NOT NULL,                    -- Stripe's id of a session, dispute, charge or refund
  payment_intent text,
  order_id       uuid REFERENCES orders (id),
  amount_minor   bigint,
  currency       text,
  note           text NOT NULL,
  noted_at       timestamptz NOT NULL,
  resolved_at    timestamptz,
  CONSTRAINT quarantine_once UNIQUE (kind, object_id)
);
CREATE INDEX quarantine_open ON quarantine (noted_at) WHERE resolved_at IS NULL;

-- ---------------------------------------------------------------- the ledger: double entry, append-only
CREATE TABLE ledger_transactions (
  id        uuid PRIMARY KEY,
  source    text NOT NULL CHECK (source IN
              ('payment', 'refund', 'refund_bounced', 'refund_otherwise', 'venue_sale', 'dispute', 'comp', 'credit_sale', 'credit_lapse',
               'payout', 'payout_failed', 'stripe_fee', 'stripe_foreign', 'stripe_foreign_known')),
  source_id uuid NOT NULL,
  order_id  uuid REFERENCES orders (id),           -- null: of Stripe's balance, of no one order
  booked_at timestamptz NOT NULL,
  CONSTRAINT ledger_transactions_of_an_order CHECK ((order_id IS NULL) =
    (source IN ('payout', 'payout_failed', 'stripe_fee', 'stripe_foreign', 'stripe_foreign_known'))),
  CONSTRAINT ledger_transactions_source UNIQUE (source, source_id)
);
CREATE INDEX ledger_transactions_order ON ledger_transactions (order_id);
CREATE INDEX ledger_transactions_by_time ON ledger_transactions (booked_at, id);

CREATE TABLE ledger_entries (
  transaction_id uuid NOT NULL REFERENCES ledger_transactions (id),
  position       integer NOT NULL,
  account        text NOT NULL CHECK (account IN
                   ('stripe_clearing', 'ticket_revenue', 'service_fees', 'tax', 'refunds', 'owed_to_guests',
                    'cash_at_venue', 'card_at_venue', 'bank_transfer', 'disputes', 'dispute_fees', 'comps', 'revenue_comps',
                    'credits', 'lapsed_credits', 'bank', 'stripe_fees', 'foreign')),
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount_minor   bigint NOT NULL CHECK (amount_minor <> 0),  -- debit positive, credit negative
  PRIMARY KEY (transaction_id, position)
);
CREATE INDEX ledger_entries_account ON ledger_entries (account, currency);

CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid := CASE TG_TABLE_NAME WHEN 'ledger_entries' THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid
                                     ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
BEGIN
  IF NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = checked) THEN
    RAISE EXCEPTION 'ledger transaction % has no entries', checked
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balances';
  END IF;
  IF EXISTS (SELECT FROM ledger_entries WHERE transaction_id = checked GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', checked
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balances';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON ledger_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER ledger_transactions_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_entries_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- ---------------------------------------------------------------- tickets
CREATE TABLE tickets (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL REFERENCES orders (id),
  order_line_id  uuid NOT NULL REFERENCES order_lines (id),
  ordinal        integer NOT NULL CHECK (ordinal >= 1),
  event_id       uuid NOT NULL REFERENCES events (id),
  ticket_type_id uuid NOT NULL REFERENCES ticket_types (id),
  type_name      text NOT NULL,
  zone_id        uuid NOT NULL,
  holder_name    text NOT NULL,
  attention      text NOT NULL,
  state          text NOT NULL CHECK (state IN ('valid', 'cancelled', 'refunded', 'revoked', 'blocked', 'disputed')),
  revision       bigint NOT NULL DEFAULT 1,
  issued_at      timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL,
  place_freed    boolean NOT NULL DEFAULT false,   -- its place went back to the stock, or to the ticket that took its place
  CONSTRAINT tickets_once_per_place UNIQUE (order_line_id, ordinal),
  CONSTRAINT tickets_valid_ones_have_a_place CHECK (NOT place_freed OR state <> 'valid')
);
CREATE INDEX tickets_order ON tickets (order_id);
CREATE INDEX tickets_event ON tickets (event_id, id);

-- The tickets that a refund takes back. `inside`: what the door said of its guest; null where it has not answered.
CREATE TABLE refund_tickets (
  refund_id uuid NOT NULL REFERENCES refunds (id),
  ticket_id uuid NOT NULL REFERENCES tickets (id),
  withdrawn boolean NOT NULL DEFAULT false,
  inside    boolean,
  PRIMARY KEY (refund_id, ticket_id)
);
CREATE UNIQUE INDEX refund_tickets_once ON refund_tickets (ticket_id) WHERE NOT withdrawn;

-- ---------------------------------------------------------------- what the service's role may not do
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transactions, ledger_entries FROM purchase;
REVOKE DELETE, TRUNCATE ON orders, order_lines, attempts, payments, refunds, refund_tickets, tickets, quarantine, promos, promo_codes,
  promo_redemptions FROM purchase;
