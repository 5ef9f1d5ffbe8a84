-- An account's app that shows a code every 30 seconds. The secret is sealed with ACCOUNT_KEYS and bound to its row.
CREATE TABLE totp (
  account_id    uuid PRIMARY KEY REFERENCES accounts (id),
  secret_sealed bytea NOT NULL CHECK (octet_length(secret_sealed) > 28),
  made_at       timestamptz NOT NULL,
  confirmed_at  timestamptz,                        -- NULL: shown, and no code of it was typed yet; it counts for nothing
  last_step     bigint NOT NULL DEFAULT 0           -- the newest step whose code was used: each is good once
);

-- For who lost the phone. SHA-256 of 80 random bits each: nothing to guess, so nothing slower is needed.
CREATE TABLE recovery_codes (
  account_id uuid NOT NULL REFERENCES accounts (id),
  code_hash  bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  made_at    timestamptz NOT NULL,
  used_at    timestamptz,                           -- good once
  PRIMARY KEY (account_id, code_hash)
);

-- Passkeys: public halves, which sign nobody in.
CREATE TABLE passkeys (
  credential_id bytea PRIMARY KEY CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  account_id    uuid NOT NULL REFERENCES accounts (id),
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  passkey       jsonb NOT NULL,
  made_at       timestamptz NOT NULL,
  used_at       timestamptz
);
CREATE INDEX passkeys_of_account ON passkeys (account_id);

-- Whether somebody with a passkey wants to be asked for a second factor after every other proof. No row: they did not choose, and are
-- asked as soon as a passkey that is lost would not shut them out.
CREATE TABLE second_steps (
  account_id    uuid PRIMARY KEY REFERENCES accounts (id),
  second_factor boolean NOT NULL,
  made_at       timestamptz NOT NULL
);

-- What a browser was asked, until it answers: any replica can finish what another began. Good once.
CREATE TABLE passkey_challenges (
  id         uuid PRIMARY KEY,
  account_id uuid REFERENCES accounts (id),         -- NULL: whoever has a passkey
  kind       text NOT NULL CHECK (kind IN ('register', 'prove', 'discover')),
  state      jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenges_by_age ON passkey_challenges (expires_at);
CREATE INDEX passkey_challenges_of_account ON passkey_challenges (account_id);

-- Between the first proof and the second factor: the browser holds a token, here is its SHA-256. Ten minutes, five tries.
CREATE TABLE pending_sign_ins (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  side       text NOT NULL CHECK (side IN ('guests', 'staff')),  -- which sign-in it was begun at, and is nothing elsewhere
  account_id uuid NOT NULL REFERENCES accounts (id),
  password   bytea NOT NULL CHECK (octet_length(password) = 32), -- SHA-256 of the account's hash: another password ends it
  proof      text NOT NULL CHECK (length(proof) BETWEEN 1 AND 40),
  next       text NOT NULL CHECK (length(next) <= 2000),
  tries      smallint NOT NULL DEFAULT 0,
  made_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX pending_sign_ins_by_age ON pending_sign_ins (expires_at);
CREATE INDEX pending_sign_ins_of_account ON pending_sign_ins (account_id);

REVOKE TRUNCATE ON totp, recovery_codes, passkeys, second_steps, passkey_challenges, pending_sign_ins FROM marketing_admin;
