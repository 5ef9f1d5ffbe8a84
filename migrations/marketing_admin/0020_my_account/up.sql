-- What happened with an account, for the one whose it is to look through. Kept for a year.
CREATE TABLE activity (
  id         uuid PRIMARY KEY,                      -- UUIDv7: in the order of time
  account_id uuid NOT NULL REFERENCES accounts (id),
  at         timestamptz NOT NULL,
  act        text NOT NULL CHECK (act ~ '^[a-z]+(_[a-z]+)*$' AND length(act) <= 40),
  detail     jsonb NOT NULL,
  address    text NOT NULL,                         -- the client's network address; IPv6 by its /64
  agent      text NOT NULL CHECK (length(agent) <= 400)
);
CREATE INDEX activity_of_account ON activity (account_id, id DESC);
CREATE INDEX activity_by_age ON activity (at);

-- What somebody allowed and took back, and where they said so. `accounts.marketing` is the newest word.
CREATE TABLE consents (
  id         uuid PRIMARY KEY,                      -- UUIDv7
  account_id uuid NOT NULL REFERENCES accounts (id),
  kind       text NOT NULL CHECK (kind IN ('marketing')),
  granted    boolean NOT NULL,
  at         timestamptz NOT NULL,
  source     text NOT NULL CHECK (length(source) <= 40) -- such as `profile`, `sign_up`, `mail`
);
CREATE INDEX consents_of_account ON consents (account_id, id DESC);

-- Whose account was erased. It outlives a restore: an older backup brings the person back, this list erases them again. No
-- foreign key: an even older backup does not know the account.
CREATE TABLE erasures (
  account_id   uuid PRIMARY KEY,
  -- 16 random bytes and the SHA-256 of them and the address: whether a given address was erased can be told, whose they were
  -- can't be read. NULL: there was no address.
  email_hash   bytea CHECK (octet_length(email_hash) = 48),
  erased_at    timestamptz NOT NULL,
  reapplied_at timestamptz,                         -- when a restored row was erased once more
  last_mail    uuid REFERENCES emails (id)          -- the farewell, until it is settled and its recipient forgotten
);
CREATE INDEX erasures_with_mail ON erasures (last_mail) WHERE last_mail IS NOT NULL;

-- A provider's reason may quote the address; erasing takes it away, and nothing else of an attempt.
GRANT UPDATE (error) ON email_attempts TO marketing_admin;
REVOKE UPDATE, TRUNCATE ON activity, consents FROM marketing_admin;
REVOKE DELETE, TRUNCATE ON erasures FROM marketing_admin;
