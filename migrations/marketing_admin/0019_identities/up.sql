-- Who somebody is at a provider through whom they sign in. The subject is the provider's own key for them and never changes; the
-- address is what it named at the time, to tell several apart, and proves nothing.
CREATE TABLE identities (
  provider   text NOT NULL CHECK (provider IN ('google', 'apple', 'facebook', 'github')),
  subject    text NOT NULL CHECK (subject <> '' AND length(subject) <= 255),
  account_id uuid NOT NULL REFERENCES accounts (id),
  email      text CHECK (length(email) <= 254),
  name       text NOT NULL CHECK (length(name) <= 120),
  linked_at  timestamptz NOT NULL,
  PRIMARY KEY (provider, subject)
);
CREATE INDEX identities_of_account ON identities (account_id);

-- Somebody on their way to a provider and back. Good once, for ten minutes, in the browser that has the state as a cookie.
CREATE TABLE provider_trips (
  state_hash    bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
  provider      text NOT NULL CHECK (provider IN ('google', 'apple', 'facebook', 'github')),
  nonce         text NOT NULL,
  pkce_verifier text NOT NULL,
  next          text NOT NULL,
  account_id    uuid REFERENCES accounts (id),      -- who is signed in and adds a way in; NULL: somebody signs in
  made_at       timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL
);
CREATE INDEX provider_trips_by_age ON provider_trips (expires_at);
CREATE INDEX provider_trips_of_account ON provider_trips (account_id) WHERE account_id IS NOT NULL;

-- Codes sent by SMS. The last three to a number are open per purpose, so that who asks for one to somebody else's number ends none that
-- its owner waits for.
CREATE TABLE phone_codes (
  id         uuid PRIMARY KEY,                      -- UUIDv7
  browser    uuid NOT NULL,                         -- the browser that asked has it as a cookie; its codes are good there alone
  phone      text NOT NULL CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  account_id uuid REFERENCES accounts (id),         -- whose number it is to become; NULL: somebody signs in
  code_hash  bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  tries      smallint NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
  made_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX phone_codes_of_number ON phone_codes (phone);
CREATE INDEX phone_codes_of_browser ON phone_codes (browser);
CREATE INDEX phone_codes_by_age ON phone_codes (expires_at);
CREATE INDEX phone_codes_of_account ON phone_codes (account_id) WHERE account_id IS NOT NULL;

REVOKE TRUNCATE ON identities, provider_trips, phone_codes FROM marketing_admin;
