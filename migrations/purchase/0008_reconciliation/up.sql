-- What Stripe says it holds of each order, read from Stripe's own lists: never from what it told us by webhook. The books are
-- compared with it.
CREATE TABLE stripe_movements (
  id             text PRIMARY KEY,                 -- Stripe's id of a payment, of a refund, or of a dispute's balance transaction
  kind           text NOT NULL CHECK (kind IN ('payment', 'refund', 'dispute')),
  payment_intent text NOT NULL,
  order_id       uuid REFERENCES orders (id),      -- null: of no order that we know
  amount_minor   bigint NOT NULL,                  -- captured positive, given back or taken negative, 0 where it came to nothing
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  happened_at    timestamptz NOT NULL,
  seen_at        timestamptz NOT NULL
);
CREATE INDEX stripe_movements_order ON stripe_movements (order_id);

-- Both sides of each order, summed as they are written: comparing costs what differs, not what was ever sold. `ledger_minor` is what
-- the books say Stripe holds of the order, `stripe_minor` what Stripe says.
CREATE TABLE order_books (
  order_id     uuid NOT NULL REFERENCES orders (id),
  event_id     uuid NOT NULL,                      -- the order's; no reference, which each payment of the night would lock
  currency     text NOT NULL,
  ledger_minor bigint NOT NULL DEFAULT 0,
  stripe_minor bigint NOT NULL DEFAULT 0,
  -- A column, so that PostgreSQL knows how few they are.
  differs      boolean NOT NULL GENERATED ALWAYS AS (ledger_minor <> stripe_minor) STORED,
  PRIMARY KEY (order_id, currency)
);
CREATE INDEX order_books_event ON order_books (event_id);
CREATE INDEX order_books_differ ON order_books (order_id) WHERE differs;

CREATE FUNCTION ledger_entry_sums() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO order_books AS b (order_id, event_id, currency, ledger_minor)
  SELECT o.id, o.event_id, NEW.currency, NEW.amount_minor
    FROM ledger_transactions t JOIN orders o ON o.id = t.order_id WHERE t.id = NEW.transaction_id
  ON CONFLICT (order_id, currency) DO UPDATE SET ledger_minor = b.ledger_minor + excluded.ledger_minor;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_sum AFTER INSERT ON ledger_entries
  FOR EACH ROW WHEN (NEW.account = 'stripe_clearing') EXECUTE FUNCTION ledger_entry_sums();

-- A movement counts as it stands now: refunds come to nothing, and what was of no order may turn out to be of one.
CREATE FUNCTION stripe_movement_sums() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    UPDATE order_books SET stripe_minor = stripe_minor - OLD.amount_minor
     WHERE order_id = OLD.order_id AND currency = OLD.currency;
  END IF;
  INSERT INTO order_books AS b (order_id, event_id, currency, stripe_minor)
  SELECT o.id, o.event_id, NEW.currency, NEW.amount_minor FROM orders o WHERE o.id = NEW.order_id
  ON CONFLICT (order_id, currency) DO UPDATE SET stripe_minor = b.stripe_minor + excluded.stripe_minor;
  RETURN NULL;
END $$;
CREATE TRIGGER stripe_movements_sum AFTER INSERT ON stripe_movements FOR EACH ROW EXECUTE FUNCTION stripe_movement_sums();
-- What is seen again as it was changes nothing.
CREATE TRIGGER stripe_movements_sum_again AFTER UPDATE ON stripe_movements FOR EACH ROW
  WHEN ((OLD.order_id, OLD.currency, OLD.amount_minor) IS DISTINCT FROM (NEW.order_id, NEW.currency, NEW.amount_minor))
  EXECUTE FUNCTION stripe_movement_sums();

-- Each time Stripe's lists were read.
CREATE TABLE reconciliations (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  since       timestamptz NOT NULL,                -- how far back
  started_at  timestamptz NOT NULL,
  finished_at timestamptz,
  sessions    bigint NOT NULL DEFAULT 0,           -- looked at
  adopted     bigint NOT NULL DEFAULT 0,           -- paid at Stripe, and we did not know
  movements   bigint NOT NULL DEFAULT 0,
  problem     text
);
CREATE INDEX reconciliations_finished ON reconciliations (finished_at DESC) WHERE problem IS NULL;
REVOKE DELETE, TRUNCATE ON stripe_movements, order_books FROM purchase;

-- Money that came too late is shown with what became of it. It is rare: found without reading all orders and refunds.
CREATE INDEX orders_paid_late ON orders (id) WHERE expired_at IS NOT NULL AND paid_at IS NOT NULL;
CREATE INDEX refunds_late ON refunds (payment_id) WHERE reason = 'late_payment';
