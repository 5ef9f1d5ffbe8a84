-- Who works which night, from when till when, at which post. A person's own: their shifts go with their account.
CREATE TABLE shifts (
  id         uuid PRIMARY KEY,                      -- UUIDv7
  account_id uuid NOT NULL REFERENCES accounts (id),
  event_id   uuid NOT NULL REFERENCES events (id),
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  post       text NOT NULL CHECK (length(post) BETWEEN 1 AND 80 AND post = btrim(post)), -- such as "main gate", "cash desk"
  note       text NOT NULL CHECK (length(note) <= 500),
  revision   integer NOT NULL DEFAULT 1 CHECK (revision >= 1), -- a calendar keeps the highest
  planned_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT shifts_last_a_while CHECK (ends_at > starts_at AND ends_at - starts_at <= interval '24 hours'),
  -- That no two shifts of one person overlap is seen to while the person's row in `staff` is held.
  CONSTRAINT shifts_once UNIQUE (account_id, event_id, starts_at)
);
CREATE INDEX shifts_of_night ON shifts (event_id, starts_at);
CREATE INDEX shifts_of_person ON shifts (account_id, ends_at);
REVOKE TRUNCATE ON shifts FROM marketing_admin;

-- A guest's own pages see their own (0023).
GRANT SELECT ON shifts TO marketing_admin_guest;
ALTER TABLE shifts ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON shifts TO marketing_admin USING (true) WITH CHECK (true);
CREATE POLICY guest ON shifts FOR SELECT TO marketing_admin_guest
  USING (account_id = nullif(current_setting('maguey.account', true), '')::uuid);
