-- One account per person, guest or staff: who they are and how they prove it. What the club lets somebody do is in `staff`,
-- under the same key.
CREATE TABLE accounts (
  id            uuid PRIMARY KEY,
  revision      bigint NOT NULL DEFAULT 1 CHECK (revision >= 1),
  -- Proven: nobody has an account under an address that they did not show to be theirs. NULL: they came by phone, or were erased.
  email         text CONSTRAINT accounts_email UNIQUE CHECK (email = lower(email) AND position('@' IN email) > 1),
  phone         text CONSTRAINT accounts_phone UNIQUE CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'), -- proven too; E.164
  name          text NOT NULL CHECK (length(name) <= 120),
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),  -- NULL: they come another way
  language      text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'es')),
  marketing     boolean NOT NULL DEFAULT false,                 -- may be written to about coming nights; `consents` has its history
  erased_at     timestamptz,
  created_at    timestamptz NOT NULL,
  changed_at    timestamptz NOT NULL,
  CONSTRAINT accounts_erased_are_bare CHECK (
    erased_at IS NULL OR (email IS NULL AND phone IS NULL AND name = '' AND password_hash IS NULL AND NOT marketing))
);

INSERT INTO accounts (id, email, name, password_hash, created_at, changed_at)
  SELECT id, email, name, password_hash, created_at, changed_at FROM staff;
ALTER TABLE staff DROP COLUMN email, DROP COLUMN name, DROP COLUMN password_hash;
ALTER TABLE staff DROP CONSTRAINT staff_role_check;
ALTER TABLE staff ADD CONSTRAINT staff_role CHECK (role ~ '^[a-z0-9]+(_[a-z0-9]+)*$' AND length(role) <= 60);
ALTER TABLE staff ADD CONSTRAINT staff_have_accounts FOREIGN KEY (id) REFERENCES accounts (id);

-- The staff with their names.
CREATE VIEW members AS
  SELECT staff.id, accounts.email, accounts.name, staff.role, accounts.password_hash, staff.disabled_at
    FROM staff JOIN accounts ON accounts.id = staff.id;

REVOKE DELETE, TRUNCATE ON accounts FROM marketing_admin;
