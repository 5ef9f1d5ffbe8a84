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
REVOKE DELETE, TRUNCATE ON stripe_movements FROM purchase;
