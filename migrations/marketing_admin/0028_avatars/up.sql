-- A person's picture, made anew from its pixels: 256 × 256, JPEG, without metadata. It goes with the account.
CREATE TABLE avatars (
  account_id uuid PRIMARY KEY REFERENCES accounts (id),
  jpeg       bytea NOT NULL CHECK (octet_length(jpeg) BETWEEN 1 AND 262144),
  set_at     timestamptz NOT NULL
);
REVOKE TRUNCATE ON avatars FROM marketing_admin;
