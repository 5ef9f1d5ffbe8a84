-- Club credit: money that a guest leaves with the club instead of taking it back. The code is known to whoever got the mail; here
-- stands its hash. What is left is moved with the hold that spends it, and never falls below nothing.
CREATE TABLE credits (
  id            uuid PRIMARY KEY,
  code_hash     bytea NOT NULL CONSTRAINT credits_code UNIQUE,
  order_id      uuid NOT NULL REFERENCES orders (id),   -- what it was given for
  refund_id     uuid NOT NULL CONSTRAINT credits_refund UNIQUE REFERENCES refunds (id),
  currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
  balance_minor bigint NOT NULL,
  lapsed_minor  bigint NOT NULL DEFAULT 0,              -- what the club has kept of it once its time was over
  issued_at     timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  CONSTRAINT credits_never_overspent CHECK (balance_minor >= 0 AND lapsed_minor >= 0 AND balance_minor + lapsed_minor <= amount_minor)
);
CREATE INDEX credits_open ON credits (expires_at) WHERE balance_minor > 0;
CREATE INDEX credits_order ON credits (order_id);

-- Which order spends which credit: held with the places, used once paid, freed with the places.
CREATE TABLE credit_uses (
  order_id       uuid PRIMARY KEY REFERENCES orders (id),
  credit_id      uuid NOT NULL REFERENCES credits (id),
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
  returned_minor bigint NOT NULL DEFAULT 0,             -- what of it refunds brought back to the credit
  state          text NOT NULL CHECK (state IN ('held', 'used', 'freed')),
  CONSTRAINT credit_uses_returned CHECK (returned_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX credit_uses_credit ON credit_uses (credit_id);

-- How much of a refund is no money: a credit instead, or what goes back to the credit that the order was paid with.
ALTER TABLE refunds
  ADD COLUMN credit_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN as_credit boolean NOT NULL DEFAULT false,  -- its guest gets a credit, and Stripe moves nothing
  ADD CONSTRAINT refunds_credit CHECK (
    credit_minor BETWEEN 0 AND amount_minor AND (NOT as_credit OR credit_minor = amount_minor)
    AND (payment_id IS NULL OR credit_minor < amount_minor));

REVOKE DELETE, TRUNCATE ON credits, credit_uses FROM purchase;
