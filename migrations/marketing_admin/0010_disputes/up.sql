-- A guest's bank takes money of an order back, or asks about it: purchase's word, the newest revision of each. No foreign key to
-- the order: the news may come first.
CREATE TABLE order_disputes (
  id             uuid PRIMARY KEY,
  revision       bigint NOT NULL,
  order_id       uuid NOT NULL,
  event_id       uuid NOT NULL,
  reference      text NOT NULL,
  stripe_dispute text NOT NULL,
  currency       text NOT NULL,
  amount_minor   bigint NOT NULL CHECK (amount_minor >= 0),
  taken_minor    bigint NOT NULL,                  -- what is gone now, without Stripe's fee
  fees_minor     bigint NOT NULL,                  -- what Stripe took for it
  status         text NOT NULL,                    -- domain::dispute::DisputeStatus
  reason         text NOT NULL,
  answer_by      timestamptz,
  opened_at      timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL
);
CREATE INDEX order_disputes_event ON order_disputes (event_id);
CREATE INDEX order_disputes_to_answer ON order_disputes (answer_by)
  WHERE status IN ('needs_response', 'warning_needs_response');

-- What banks hold of a night's money: not earned while they do.
ALTER TABLE event_figures ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0;

-- Where a scan was made, in the door's words: what a guest's bank is shown.
ALTER TABLE scans ADD COLUMN gate_name text NOT NULL DEFAULT '';
REVOKE DELETE, TRUNCATE ON order_disputes FROM marketing_admin;
