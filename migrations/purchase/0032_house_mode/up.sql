-- Whether money is real in this database, as the first process said that worked on it. Codes are signed whenever they are shown, by
-- whoever shows them: a ticket that a test card paid for must never be shown where real keys sign.
CREATE TABLE house_mode (
  one   boolean PRIMARY KEY DEFAULT true CHECK (one),
  mode  text NOT NULL CHECK (mode IN ('live', 'test')),
  since timestamptz NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON house_mode FROM purchase;
