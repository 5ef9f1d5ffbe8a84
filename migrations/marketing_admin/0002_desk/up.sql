-- What the club's desk owns: staff and their sessions, events as the club defines them,
-- read models of sales and the door, and every email with its fate.

-- ---------------------------------------------------------------- staff and sessions
CREATE TABLE staff (
  id            uuid PRIMARY KEY,
  email         text NOT NULL CONSTRAINT staff_email UNIQUE CHECK (email = lower(email) AND position('@' IN email) > 1),
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  role          text NOT NULL CHECK (role IN ('owner', 'manager', 'door_staff')),
  password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
  disabled_at   timestamptz,
  created_at    timestamptz NOT NULL,
  changed_at    timestamptz NOT NULL
);

-- A token is only as alive as its row here: signing out, a new password or another role end it at once.
CREATE TABLE sessions (
  id         uuid PRIMARY KEY,
  staff_id   uuid NOT NULL REFERENCES staff (id),
  audience   text NOT NULL CHECK (length(audience) BETWEEN 1 AND 64),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
  ended_at   timestamptz
);
CREATE INDEX sessions_live ON sessions (staff_id) WHERE ended_at IS NULL;
-- What the other services ask for: sessions that ended before their time.
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- ---------------------------------------------------------------- events
CREATE TABLE venues (
  id         uuid PRIMARY KEY,
  name       text NOT NULL CONSTRAINT venues_name UNIQUE CHECK (length(name) BETWEEN 1 AND 120),
  address    text NOT NULL,
  time_zone  text NOT NULL,                        -- IANA name
  created_at timestamptz NOT NULL
);

CREATE TABLE events (
  id               uuid PRIMARY KEY,
  revision         bigint NOT NULL CHECK (revision >= 1),
  slug             text NOT NULL CONSTRAINT events_slug UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  title            text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  description      text NOT NULL,
  status           text NOT NULL CHECK (status IN ('draft', 'published', 'cancelled', 'archived')),
  starts_at        timestamptz NOT NULL,
  ends_at          timestamptz NOT NULL,
  entry_from       timestamptz NOT NULL,
  entry_until      timestamptz NOT NULL,
  venue_id         uuid NOT NULL REFERENCES venues (id),
  currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  fee_fixed_minor  bigint NOT NULL CHECK (fee_fixed_minor >= 0),
  fee_basis_points bigint NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
  fee_absorbed     boolean NOT NULL,
  terms            jsonb NOT NULL,                  -- domain::event::terms::EventTerms
  created_at       timestamptz NOT NULL,
  changed_at       timestamptz NOT NULL,
  published_at     timestamptz,
  cancelled_at     timestamptz,                     -- stays when the night is archived
  CONSTRAINT events_end_after_start CHECK (ends_at > starts_at),
  CONSTRAINT events_entry_window CHECK (entry_until > entry_from),
  CONSTRAINT events_published CHECK (status <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX events_by_start ON events (starts_at);

-- Each time a night on sale got a new date. The id comes with the wish: the same wish gives it once.
CREATE TABLE event_new_dates (
  id             uuid PRIMARY KEY,
  event_id       uuid NOT NULL REFERENCES events (id),
  from_starts_at timestamptz NOT NULL,
  to_starts_at   timestamptz NOT NULL,
  note           text NOT NULL CHECK (length(note) <= 500), -- told to the guests; may be empty
  given_at       timestamptz NOT NULL
);
CREATE INDEX event_new_dates_event ON event_new_dates (event_id, given_at);

-- Places to which ticket types give entry.
CREATE TABLE zones (
  id       uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events (id),
  name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  position integer NOT NULL,
  CONSTRAINT zones_name UNIQUE (event_id, name) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT zones_of_event UNIQUE (id, event_id)
);

CREATE TABLE ticket_types (
  id            uuid PRIMARY KEY,
  event_id      uuid NOT NULL REFERENCES events (id),
  zone_id       uuid NOT NULL,
  position      integer NOT NULL,
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  description   text NOT NULL,
  price_minor   bigint NOT NULL CHECK (price_minor >= 0),
  capacity      bigint NOT NULL CHECK (capacity >= 0),
  min_per_order integer NOT NULL CHECK (min_per_order >= 1),
  max_per_order integer NOT NULL CHECK (max_per_order >= min_per_order),
  sale_from     timestamptz,                       -- null: since publication
  sale_until    timestamptz,                       -- null: until the event ends
  attention     text NOT NULL,                     -- shown at the door; may be empty
  terms         jsonb NOT NULL,                    -- domain::event::terms::TypeTerms
  withdrawn_at  timestamptz,                       -- taken off the event; tickets sold before still name it
  CONSTRAINT ticket_types_zone_of_event FOREIGN KEY (zone_id, event_id) REFERENCES zones (id, event_id),
  CONSTRAINT ticket_types_sale_window CHECK (sale_until > sale_from)
);
CREATE INDEX ticket_types_event ON ticket_types (event_id, position);

-- ---------------------------------------------------------------- promos
CREATE TABLE promos (
  id              uuid PRIMARY KEY,
  revision        bigint NOT NULL CHECK (revision >= 1),
  name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  off             jsonb NOT NULL,                  -- domain::quote::Off
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  event_id        uuid REFERENCES events (id),     -- null: every night
  ticket_type_ids uuid[] NOT NULL,                 -- empty: every type
  minimum_minor   bigint NOT NULL CHECK (minimum_minor >= 0),
  valid_from      timestamptz,
  valid_until     timestamptz,
  most            bigint CHECK (most > 0),
  most_per_guest  bigint CHECK (most_per_guest > 0),
  single_use      boolean NOT NULL,                -- a batch: each code is good for one order
  promoter        text NOT NULL,
  active          boolean NOT NULL,
  created_at      timestamptz NOT NULL,
  changed_at      timestamptz NOT NULL,
  CONSTRAINT promos_window CHECK (valid_until > valid_from)
);

-- A code belongs to one promo for good: guests have it on paper.
CREATE TABLE promo_codes (
  code     text CONSTRAINT promo_codes_once PRIMARY KEY,
  promo_id uuid NOT NULL REFERENCES promos (id),
  position integer NOT NULL
);
CREATE INDEX promo_codes_promo ON promo_codes (promo_id, position);

-- ---------------------------------------------------------------- reports: read models of sales and the door
-- No foreign keys to events: a message may arrive before anything else is known of its event.
CREATE TABLE orders (
  id          uuid PRIMARY KEY,
  revision    bigint NOT NULL,
  reference   text NOT NULL,
  event_id    uuid NOT NULL,
  currency    text NOT NULL,
  total_minor bigint NOT NULL CHECK (total_minor >= 0),
  promo_id    uuid,
  promo_code  text NOT NULL DEFAULT '',
  promoter    text NOT NULL DEFAULT '',             -- whom the sale is credited to
  channel     text NOT NULL DEFAULT 'online'        -- domain::order::Channel: how it was paid
    CHECK (channel IN ('online', 'cash_at_venue', 'card_at_venue', 'comp')),
  paid_at     timestamptz NOT NULL
);
CREATE INDEX orders_at_the_desk ON orders (event_id) WHERE channel <> 'online';
CREATE INDEX orders_promo ON orders (promo_id) WHERE promo_id IS NOT NULL;
CREATE INDEX orders_promoter ON orders (promoter, event_id) WHERE promoter <> '';
CREATE INDEX orders_event ON orders (event_id);
CREATE INDEX orders_by_day ON orders (paid_at);

CREATE TABLE order_refunds (
  id            uuid PRIMARY KEY,
  order_id      uuid NOT NULL,
  revision      bigint NOT NULL,
  event_id      uuid NOT NULL,
  currency      text NOT NULL,
  amount_minor  bigint NOT NULL CHECK (amount_minor >= 0),
  reason        text NOT NULL,
  -- False where the money was never revenue: it came too late or twice, and went straight back.
  takes_revenue boolean NOT NULL,
  ticket_ids    uuid[] NOT NULL,
  refunded_at   timestamptz NOT NULL
);
CREATE INDEX order_refunds_order ON order_refunds (order_id);
CREATE INDEX order_refunds_event ON order_refunds (event_id);

CREATE TABLE sold_tickets (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL REFERENCES orders (id),
  event_id       uuid NOT NULL,
  ticket_type_id uuid NOT NULL,
  returned       boolean NOT NULL
);
CREATE INDEX sold_tickets_order ON sold_tickets (order_id);
CREATE INDEX sold_tickets_event ON sold_tickets (event_id);

CREATE TABLE scans (
  id              uuid PRIMARY KEY,
  event_id        uuid NOT NULL,
  gate_id         uuid NOT NULL,
  ticket_id       uuid,
  admitted        boolean NOT NULL,
  reason          text NOT NULL,
  scanned_at      timestamptz NOT NULL,
  inside_after    bigint NOT NULL,
  inside_revision bigint NOT NULL
);
CREATE INDEX scans_event ON scans (event_id, scanned_at);
CREATE INDEX scans_admitted ON scans (ticket_id) WHERE admitted;

-- One row per event, in the event's currency (which is fixed once it is on sale), kept in step with the rows above in the same transaction; recountable from them.
CREATE TABLE event_figures (
  event_id         uuid PRIMARY KEY,
  orders           bigint NOT NULL DEFAULT 0,
  tickets_sold     bigint NOT NULL DEFAULT 0,
  tickets_returned bigint NOT NULL DEFAULT 0,
  gross_minor      bigint NOT NULL DEFAULT 0,
  refunded_minor   bigint NOT NULL DEFAULT 0,
  admitted         bigint NOT NULL DEFAULT 0,
  refused          bigint NOT NULL DEFAULT 0,
  inside           bigint NOT NULL DEFAULT 0,
  inside_revision  bigint NOT NULL DEFAULT 0
);

CREATE TABLE ticket_type_figures (
  event_id       uuid NOT NULL,
  ticket_type_id uuid NOT NULL,
  sold           bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (event_id, ticket_type_id)
);

-- ---------------------------------------------------------------- notifications
-- An email is a row before it is a request: its id is the provider's idempotency key.
CREATE TABLE emails (
  id          uuid PRIMARY KEY,
  template    text NOT NULL CHECK (template IN ('order_paid', 'order_refunded')),
  subject_id  uuid NOT NULL,                       -- the order, the refund or the party in line that it tells of
  revision    integer NOT NULL CHECK (revision >= 1), -- 1 by itself; each "send again" by staff is one more
  order_id    uuid,                                -- null: it tells of no order
  event_id    uuid NOT NULL,
  reference   text NOT NULL,                       -- the order's, so that staff find it; `waitlist` where there is none
  recipient   text NOT NULL,
  language    text NOT NULL CHECK (language IN ('en', 'es')),
  payload     bytea NOT NULL,                      -- the message it is rendered from; empty 30 days after it was settled
  traceparent text,
  state       text NOT NULL CHECK (state IN ('waiting', 'sent', 'dead', 'withheld')), -- withheld: test mode, and not for the club's own people
  attempts    integer NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL,
  lease_until timestamptz,                         -- a sender is at it until then
  give_up_at  timestamptz NOT NULL,
  provider_id text,
  last_error  text,
  created_at  timestamptz NOT NULL,
  settled_at  timestamptz,
  CONSTRAINT emails_once UNIQUE (template, subject_id, revision),
  CONSTRAINT emails_settled CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX emails_due ON emails (due_at) WHERE state = 'waiting';
CREATE INDEX emails_dead ON emails (settled_at) WHERE state = 'dead';
CREATE INDEX emails_withheld ON emails (settled_at) WHERE state = 'withheld';
CREATE INDEX emails_newest ON emails (created_at DESC);
CREATE INDEX emails_reference ON emails (reference);
CREATE INDEX emails_recipient ON emails (lower(recipient));
CREATE INDEX emails_to_clear ON emails (settled_at) WHERE octet_length(payload) > 0;

CREATE TABLE email_attempts (
  email_id    uuid NOT NULL REFERENCES emails (id),
  attempt     integer NOT NULL,
  outcome     text NOT NULL CHECK (outcome IN ('sent', 'retry', 'dead', 'withheld')),
  error       text,
  finished_at timestamptz NOT NULL,
  PRIMARY KEY (email_id, attempt)
);

-- The pace of sending, shared by all replicas: the instant at which the allowance is whole again.
CREATE TABLE email_pace (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  whole_at   timestamptz NOT NULL
);
INSERT INTO email_pace (whole_at) VALUES ('epoch');

-- ---------------------------------------------------------------- what the service's role may not do
REVOKE UPDATE, DELETE, TRUNCATE ON email_attempts FROM marketing_admin;
REVOKE UPDATE, DELETE, TRUNCATE ON event_new_dates FROM marketing_admin;
REVOKE DELETE, TRUNCATE ON staff, sessions, events, ticket_types, emails, orders, order_refunds, scans, promos, promo_codes FROM marketing_admin;
