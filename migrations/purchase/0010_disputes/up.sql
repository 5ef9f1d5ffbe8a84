-- A payment that the guest's bank took back, or asks about: one row per dispute of Stripe's, as it stands there. A dispute is a
-- fact beside the order: it changes neither the order's state nor the stock; it freezes the order's tickets while the money is
-- gone (tickets.state 'disputed').
CREATE TABLE disputes (
  id             uuid PRIMARY KEY,
  stripe_dispute text NOT NULL CONSTRAINT disputes_stripe UNIQUE,
  payment_id     uuid NOT NULL REFERENCES payments (id),
  order_id       uuid NOT NULL REFERENCES orders (id),
  revision       bigint NOT NULL DEFAULT 1,
  status         text NOT NULL CHECK (status IN       -- domain::dispute::DisputeStatus
                   ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response', 'under_review',
                    'won', 'lost', 'prevented')),
  reason         text NOT NULL,                      -- as the bank gives it
  currency       text NOT NULL,
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0), -- what the guest disputes
  movements      integer NOT NULL DEFAULT 0 CHECK (movements >= 0), -- how often Stripe moved money for it
  taken_minor    bigint NOT NULL DEFAULT 0,          -- what is gone: withdrawn less given back, without Stripe's fee
  fees_minor     bigint NOT NULL DEFAULT 0,          -- what Stripe took for it
  answer_by      timestamptz,                        -- until when the club may answer; null: it can't, or no more
  answers        integer NOT NULL DEFAULT 0 CHECK (answers >= 0),
  opened_at      timestamptz NOT NULL,
  noted_at       timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL,
  closed_at      timestamptz,
  CONSTRAINT disputes_closed CHECK
    ((status IN ('won', 'lost', 'prevented', 'warning_closed')) = (closed_at IS NOT NULL))
);
CREATE INDEX disputes_order ON disputes (order_id);
CREATE INDEX disputes_to_answer ON disputes (answer_by) WHERE status IN ('needs_response', 'warning_needs_response');

-- Who has disputed a payment, by address in lower case: shown at the door and at the desk until the owner takes the mark off, and
-- forgotten a month later. It refuses nothing by itself.
CREATE TABLE dispute_marks (
  email      text PRIMARY KEY CHECK (email <> '' AND email = lower(email)),
  dispute_id uuid NOT NULL REFERENCES disputes (id), -- the last one
  marked_at  timestamptz NOT NULL,
  cleared_at timestamptz
);
ALTER TABLE tickets ADD COLUMN disputed_before boolean NOT NULL DEFAULT false; -- what the door was told of its person
REVOKE DELETE ON disputes FROM purchase;
REVOKE TRUNCATE ON disputes, dispute_marks FROM purchase;
