-- What guests do with a paid order.

-- ---------------------------------------------------------------- receipts
-- One series a year, without a gap: the counter moves in the transaction that writes the number, and nobody else moves it.
CREATE TABLE receipt_series (
  year    integer PRIMARY KEY CHECK (year BETWEEN 2000 AND 9999),
  last    bigint NOT NULL CHECK (last >= 1),       -- the last number given
  last_at timestamptz NOT NULL                     -- and when: no later number is dated earlier
);

CREATE TABLE receipt_numbers (
  order_id  uuid PRIMARY KEY REFERENCES orders (id),
  year      integer NOT NULL REFERENCES receipt_series (year),
  number    bigint NOT NULL CHECK (number >= 1),
  issued_at timestamptz NOT NULL,
  seller    jsonb NOT NULL,                        -- the club's details as they were: a receipt never changes
  CONSTRAINT receipt_numbers_once UNIQUE (year, number)
);

ALTER TABLE orders ADD COLUMN receipted boolean NOT NULL DEFAULT false;
CREATE INDEX orders_without_receipt ON orders (paid_at, id)
  WHERE paid_at IS NOT NULL AND total_minor > 0 AND NOT receipted;

REVOKE DELETE, TRUNCATE ON receipt_series FROM purchase;
REVOKE UPDATE, DELETE, TRUNCATE ON receipt_numbers FROM purchase;

-- ---------------------------------------------------------------- mail that guests ask for
-- Forgotten after a day: the rows are there for the limits, and for the worker that answers searches.
CREATE TABLE mail_wishes (
  id       uuid PRIMARY KEY,
  order_id uuid REFERENCES orders (id),            -- its tickets once more, or …
  guest    text,                                   -- … whatever belongs to this address (in lower case), …
  network  text,                                   -- … asked for from there
  language text NOT NULL CHECK (language IN ('en', 'es')),
  asked_at timestamptz NOT NULL,
  done_at  timestamptz,
  mailed   boolean NOT NULL,
  CONSTRAINT mail_wishes_of_one_kind CHECK ((order_id IS NULL) = (guest IS NOT NULL) AND (guest IS NULL) = (network IS NULL)),
  CONSTRAINT mail_wishes_mailed_is_done CHECK (done_at IS NOT NULL OR NOT mailed)
);
CREATE INDEX mail_wishes_to_do ON mail_wishes (id) WHERE done_at IS NULL;
CREATE INDEX mail_wishes_order ON mail_wishes (order_id, asked_at) WHERE order_id IS NOT NULL;
CREATE INDEX mail_wishes_network ON mail_wishes (network, asked_at) WHERE network IS NOT NULL;
CREATE INDEX mail_wishes_guest ON mail_wishes (guest, done_at) WHERE mailed;
CREATE INDEX mail_wishes_age ON mail_wishes (asked_at);

-- ---------------------------------------------------------------- reminders
-- Who wants to hear when a night goes on sale: one mail, in the transaction that notes it. Forgotten when the night is over.
CREATE TABLE sale_reminders (
  id        uuid PRIMARY KEY,                      -- of the mail
  event_id  uuid NOT NULL REFERENCES events (id),
  guest     text NOT NULL,                         -- the address in lower case
  email     text NOT NULL,
  language  text NOT NULL CHECK (language IN ('en', 'es')),
  network   text,                                  -- where it was asked from; forgotten after a day
  asked_at  timestamptz NOT NULL,
  mailed_at timestamptz,
  presale_code text CONSTRAINT sale_reminders_presale_code UNIQUE, -- the guest's own, once the presale is open
  CONSTRAINT sale_reminders_once UNIQUE (event_id, guest)
);
-- Nights whose presale is open: who asked to be reminded before has a code of their own, which stands for the one that opens the hidden types.
CREATE TABLE presales (
  event_id    uuid PRIMARY KEY REFERENCES events (id),
  access_code text NOT NULL CHECK (access_code <> ''),
  opened_at   timestamptz NOT NULL
);
CREATE INDEX sale_reminders_to_do ON sale_reminders (event_id) WHERE mailed_at IS NULL;
CREATE INDEX sale_reminders_network ON sale_reminders (network, asked_at) WHERE network IS NOT NULL;
CREATE INDEX sale_reminders_guest ON sale_reminders (guest, asked_at);

-- ---------------------------------------------------------------- answers
-- What guests answered to a night's questions. Personal, and in a table of its own: it can be deleted while the order stays.
CREATE TABLE order_answers (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL REFERENCES orders (id),
  position       integer NOT NULL,                 -- in the order in which it was asked
  question_id    uuid NOT NULL,
  ticket_type_id uuid REFERENCES ticket_types (id), -- of a ticket: its type, …
  ticket_number  integer CHECK (ticket_number >= 1), -- … and its number among those of the type in the order
  kind           text NOT NULL CHECK (kind IN ('text', 'choice', 'yes_no', 'birth_date')),
  label          text NOT NULL,                    -- the question, as the guest read it
  value          text NOT NULL,                    -- the answer, in the same words for every language …
  shown          text NOT NULL,                    -- … and as the guest read it
  answered_at    timestamptz NOT NULL,
  CONSTRAINT order_answers_once UNIQUE NULLS NOT DISTINCT (order_id, question_id, ticket_type_id, ticket_number),
  CONSTRAINT order_answers_of_a_ticket CHECK ((ticket_type_id IS NULL) = (ticket_number IS NULL))
);

-- ---------------------------------------------------------------- tickets passed on
-- A ticket that was passed on is revoked (its place_freed is true: the place is counted with the other), and another stands in its
-- place: one of them that is not revoked, as before.
ALTER TABLE tickets DROP CONSTRAINT tickets_once_per_place;
CREATE UNIQUE INDEX tickets_once_per_place ON tickets (order_line_id, ordinal) WHERE state <> 'revoked';

CREATE TABLE ticket_transfers (
  from_ticket    uuid PRIMARY KEY REFERENCES tickets (id), -- once: who has passed it on has it no longer
  to_ticket      uuid NOT NULL CONSTRAINT ticket_transfers_to UNIQUE REFERENCES tickets (id),
  to_name        text NOT NULL,
  to_email       text NOT NULL,
  to_language    text NOT NULL CHECK (to_language IN ('en', 'es')),
  to_buyer       boolean NOT NULL DEFAULT false,           -- a friend gave it back to the order's buyer, whose it is again
  transferred_at timestamptz NOT NULL,
  CONSTRAINT ticket_transfers_two_tickets CHECK (from_ticket <> to_ticket)
);
CREATE INDEX ticket_transfers_guest ON ticket_transfers (lower(to_email));

REVOKE UPDATE, DELETE, TRUNCATE ON ticket_transfers FROM purchase;

-- ---------------------------------------------------------------- tickets shared
-- A ticket that was shared stays its buyer's; a guest has a link to its own page. Every mail is a row: the last one names the guest.
CREATE TABLE ticket_shares (
  id        uuid PRIMARY KEY,                      -- of the mail
  ticket_id uuid NOT NULL REFERENCES tickets (id),
  to_name   text NOT NULL,
  to_email  text NOT NULL,
  to_language text NOT NULL CHECK (to_language IN ('en', 'es')),
  shared_at timestamptz NOT NULL
);
CREATE INDEX ticket_shares_ticket ON ticket_shares (ticket_id, shared_at);
CREATE INDEX ticket_shares_guest ON ticket_shares (lower(to_email), shared_at);

-- Who a guest is, is forgotten once the night is over; until then a row stays as it was written.
REVOKE UPDATE, TRUNCATE ON ticket_shares FROM purchase;
