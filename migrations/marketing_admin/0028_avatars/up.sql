-- A person's picture, made anew from its pixels: 256 × 256, JPEG, without metadata. It goes with the account.
CREATE TABLE avatars (
  account_id uuid PRIMARY KEY REFERENCES accounts (id),
  jpeg       bytea NOT NULL CHECK (octet_length(jpeg) BETWEEN 1 AND 262144),
  set_at     timestamptz NOT NULL
);
REVOKE TRUNCATE ON avatars FROM marketing_admin;

-- A guest's own pages see their own (0023).
GRANT SELECT ON avatars TO marketing_admin_guest;
ALTER TABLE avatars ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON avatars TO marketing_admin USING (true) WITH CHECK (true);
CREATE POLICY guest ON avatars FOR SELECT TO marketing_admin_guest
  USING (account_id = nullif(current_setting('maguey.account', true), '')::uuid);
