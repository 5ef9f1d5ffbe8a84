-- What Stripe pays out to the club's bank, and the lines of Stripe's balance that it is made of, as Stripe says they are.
CREATE TABLE payouts (
  id             text PRIMARY KEY,                 -- Stripe's
  key            uuid NOT NULL CONSTRAINT payouts_key UNIQUE, -- what the ledger names it by
  amount_minor   bigint NOT NULL,                  -- negative where Stripe collects what the club owes it
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  status         text NOT NULL,                    -- Stripe's word: pending, in_transit, paid, failed, canceled
  automatic      boolean NOT NULL,                 -- false: a person made it at Stripe, and Stripe does not say of what
  made_at        timestamptz NOT NULL,
  arrives_at     timestamptz NOT NULL,             -- at the bank, as Stripe expects
  failure        text NOT NULL DEFAULT '',         -- why it failed; empty where it did not
  contents_known boolean NOT NULL DEFAULT false,   -- its lines were read
  seen_at        timestamptz NOT NULL
);
CREATE INDEX payouts_by_arrival ON payouts (arrives_at, id);

CREATE TABLE stripe_balance (
  id             text PRIMARY KEY,                 -- Stripe's, of the balance transaction
  key            uuid NOT NULL CONSTRAINT stripe_balance_key UNIQUE, -- what the ledger names it by
  kind           text NOT NULL,                    -- Stripe's type: charge, refund, adjustment, stripe_fee, payout, …
  source         text NOT NULL,                    -- the charge, refund, dispute or payout behind it; empty for none
  payment_intent text NOT NULL,                    -- empty for none
  order_id       uuid REFERENCES orders (id),      -- null: of no order that we know
  amount_minor   bigint NOT NULL,                  -- before the fee; negative when money leaves
  fee_minor      bigint NOT NULL,                  -- what Stripe keeps of it
  net_minor      bigint NOT NULL GENERATED ALWAYS AS (amount_minor - fee_minor) STORED,
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  happened_at    timestamptz NOT NULL,
  payout_id      text REFERENCES payouts (id),     -- what paid it out; null: nothing yet, or Stripe does not say
  booked         text NOT NULL CHECK (booked IN ('elsewhere', 'fee', 'foreign')),
  CONSTRAINT stripe_balance_foreign_is_of_none CHECK (booked <> 'foreign' OR order_id IS NULL)
);
CREATE INDEX stripe_balance_payout ON stripe_balance (payout_id, id) WHERE payout_id IS NOT NULL;
CREATE INDEX stripe_balance_order ON stripe_balance (order_id) WHERE order_id IS NOT NULL;
-- Which payout has what another one brought back.
CREATE INDEX stripe_balance_came_back ON stripe_balance (source) WHERE kind IN ('payout_failure', 'payout_cancel');
CREATE INDEX stripe_balance_foreign ON stripe_balance (id) WHERE booked = 'foreign';

-- Each time they were read.
CREATE TABLE payout_looks (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at  timestamptz NOT NULL,
  finished_at timestamptz,
  lines       bigint NOT NULL DEFAULT 0,
  payouts     bigint NOT NULL DEFAULT 0,
  -- How far the balance is read: the next look goes on there when this one breaks off.
  read_until  timestamptz,
  problem     text,
  busy_until  timestamptz NOT NULL                 -- its process says again and again that it is under way; after this it has broken off
);
-- One at a time, whoever begins.
CREATE UNIQUE INDEX payout_looks_one ON payout_looks ((true)) WHERE finished_at IS NULL;
REVOKE DELETE, TRUNCATE ON payouts, stripe_balance FROM purchase;
