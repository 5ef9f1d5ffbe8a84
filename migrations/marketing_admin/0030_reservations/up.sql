-- Projection of `reservation.changed`: who has which table on a night, for the night's board and for mails. No foreign key to the
-- event: the news may come first.
CREATE TABLE reservations (
  id              uuid PRIMARY KEY,
  revision        bigint NOT NULL,
  event_id        uuid NOT NULL,
  order_id        uuid,                            -- its tickets are the party's passes; NULL: a request nobody said yes to
  order_reference text NOT NULL,
  state           text NOT NULL,                   -- domain::reservation::ReservationState
  tables          jsonb NOT NULL,                  -- [{"id", "label", "seats"}]: one, or several that stand together
  party           bigint NOT NULL,
  booker_name     text NOT NULL,
  booker_email    text NOT NULL,
  language        text NOT NULL,
  arrives_at      timestamptz NOT NULL,
  occasion        text NOT NULL,
  wish            text NOT NULL,
  host            text NOT NULL,
  promoter        text NOT NULL,
  preorder        jsonb NOT NULL,                  -- [{"name", "quantity", "price_minor"}]
  currency        text NOT NULL,
  minimum_minor   bigint NOT NULL,
  deposit_minor   bigint NOT NULL,
  spent_minor     bigint NOT NULL,
  balance_minor   bigint NOT NULL,
  made_at         timestamptz NOT NULL,
  changed_at      timestamptz NOT NULL,
  held_until      timestamptz,                     -- of a pending one: how long the table waits for its deposit
  reminded_at     timestamptz                      -- its booker was reminded: once
);
CREATE INDEX reservations_of_night ON reservations (event_id);
CREATE INDEX reservations_of_booker ON reservations (lower(booker_email));
CREATE INDEX reservations_to_remind ON reservations (arrives_at) WHERE state = 'confirmed' AND reminded_at IS NULL;
REVOKE DELETE, TRUNCATE ON reservations FROM marketing_admin;

-- The booker's own page, as `order.paid` told it: `reservation.changed` does not, and may come before it or after.
CREATE TABLE table_orders (
  order_id  uuid PRIMARY KEY,
  order_url text NOT NULL                          -- key included
);
REVOKE TRUNCATE ON table_orders FROM marketing_admin;

ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left', 'waitlist_joined', 'waitlist_offered', 'new_date',
                      'account', 'table_changed', 'table_cancelled', 'table_released', 'table_reminder',
                      'table_freed', 'table_approved', 'table_declined', 'table_lapsed'));
