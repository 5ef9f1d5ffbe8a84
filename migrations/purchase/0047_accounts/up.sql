-- What the ticket site knows of guests' accounts: what marketing-admin told of them, and which orders are theirs.
CREATE TABLE accounts (
  id         uuid PRIMARY KEY,
  revision   bigint NOT NULL,
  email      text CHECK (email = lower(email)),     -- proven; NULL: none, or erased
  erased     boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL,
  CONSTRAINT accounts_erased_are_bare CHECK (NOT erased OR email IS NULL)
);

-- Bought while signed in. Orders under the account's address are its own besides.
CREATE TABLE account_orders (
  order_id   uuid PRIMARY KEY REFERENCES orders (id),
  account_id uuid NOT NULL,
  claimed_at timestamptz NOT NULL
);
CREATE INDEX account_orders_account ON account_orders (account_id);

-- Sessions of guests that were ended while their tokens were still good. Kept a day: a token lives ten minutes.
CREATE TABLE ended_guest_sessions (
  session_id uuid PRIMARY KEY,
  ended_at   timestamptz NOT NULL
);
CREATE INDEX ended_guest_sessions_by_age ON ended_guest_sessions (ended_at);

-- Public keys of guests' sessions, as last heard: a restart needs nobody.
CREATE TABLE guest_keys (
  kid        text PRIMARY KEY,
  public_key bytea NOT NULL CHECK (length(public_key) = 32),
  heard_at   timestamptz NOT NULL
);

-- Somebody who asked to be forgotten: their address, for as long as something of theirs still needs it (a night to come,
-- money on its way), and then not even this.
CREATE TABLE erasures_open (
  account_id uuid PRIMARY KEY,
  email      text,                                  -- lower case; NULL: they never had one
  asked_at   timestamptz NOT NULL
);

-- Who bought, for the books alone, where the buyer was forgotten: the service can write it and not read it.
CREATE TABLE buyers_archived (
  order_id    uuid PRIMARY KEY REFERENCES orders (id),
  buyer_name  text NOT NULL,
  buyer_email text NOT NULL,
  archived_at timestamptz NOT NULL,
  keep_until  timestamptz NOT NULL
);
CREATE INDEX buyers_archived_by_end ON buyers_archived (keep_until);
REVOKE SELECT, UPDATE, DELETE, TRUNCATE ON buyers_archived FROM purchase;
GRANT INSERT ON buyers_archived TO purchase;

-- Who a ticket was passed on to until then is forgotten with its person, once the night is over. A function, because the service may change
-- no transfer otherwise.
CREATE FUNCTION forget_recipient(whose text, over_before timestamptz, passed_before timestamptz) RETURNS SETOF uuid
  LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  UPDATE ticket_transfers x SET to_name = '', to_email = 'erased@erased.invalid'
    FROM tickets t JOIN events e ON e.id = t.event_id
   WHERE t.id = x.to_ticket AND lower(x.to_email) = lower(whose) AND e.ends_at < over_before
     AND x.transferred_at <= passed_before
  RETURNING t.id
$$;
REVOKE ALL ON FUNCTION forget_recipient FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_recipient TO purchase;

-- A guest who is signed in sees, as purchase_guest, what was bought with their account (the setting maguey.account) or with its proven
-- address (maguey.email), and the tickets that were passed on to that address, without the orders they were bought with.
--
-- Functions, because the policies of tickets and of their transfers can't each read the other. What they look up depends on the
-- settings alone: nothing to ask them for.
CREATE FUNCTION guest_orders() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path FROM CURRENT AS $$
  SELECT order_id FROM account_orders WHERE account_id = nullif(current_setting('maguey.account', true), '')::uuid
  UNION
  SELECT id FROM orders WHERE lower(buyer_email) = nullif(current_setting('maguey.email', true), '')
$$;
CREATE FUNCTION guest_tickets() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path FROM CURRENT AS $$
  SELECT to_ticket FROM ticket_transfers
   WHERE lower(to_email) = nullif(current_setting('maguey.email', true), '') AND NOT to_buyer
$$;
REVOKE ALL ON FUNCTION guest_orders, guest_tickets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guest_orders, guest_tickets TO purchase_guest;

CREATE POLICY account ON orders FOR SELECT TO purchase_guest USING (id = ANY (ARRAY(SELECT guest_orders())));
CREATE POLICY account ON tickets FOR SELECT TO purchase_guest
  USING (order_id = ANY (ARRAY(SELECT guest_orders())) OR id = ANY (ARRAY(SELECT guest_tickets())));
-- What is held of them besides (accounts::held), for the file with their data.
CREATE POLICY account ON order_lines FOR SELECT TO purchase_guest USING (order_id = ANY (ARRAY(SELECT guest_orders())));
CREATE POLICY account ON order_answers FOR SELECT TO purchase_guest USING (order_id = ANY (ARRAY(SELECT guest_orders())));
CREATE POLICY account ON ticket_transfers FOR SELECT TO purchase_guest
  USING (lower(to_email) = nullif(current_setting('maguey.email', true), ''));

GRANT SELECT ON account_orders TO purchase_guest;
ALTER TABLE account_orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON account_orders TO purchase USING (true) WITH CHECK (true);
CREATE POLICY account ON account_orders FOR SELECT TO purchase_guest
  USING (account_id = nullif(current_setting('maguey.account', true), '')::uuid);
GRANT SELECT (event_id, name, email, party, state, joined_at) ON waitlist TO purchase_guest;
ALTER TABLE waitlist ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON waitlist TO purchase USING (true) WITH CHECK (true);
CREATE POLICY account ON waitlist FOR SELECT TO purchase_guest
  USING (lower(email) = nullif(current_setting('maguey.email', true), ''));
GRANT SELECT (event_id, guest, email, asked_at) ON sale_reminders TO purchase_guest;
ALTER TABLE sale_reminders ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON sale_reminders TO purchase USING (true) WITH CHECK (true);
CREATE POLICY account ON sale_reminders FOR SELECT TO purchase_guest
  USING (guest = nullif(current_setting('maguey.email', true), ''));
-- Who counts what waits (deploy/observability/postgres-role.sql) goes on seeing all of it.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'observer') THEN
        CREATE POLICY observer ON waitlist FOR SELECT TO observer USING (true);
    END IF;
END
$$;
-- Of nights what is on their public pages.
GRANT SELECT (id, title, status, starts_at, ends_at, time_zone, venue_name) ON events TO purchase_guest;
