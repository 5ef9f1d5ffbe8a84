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
