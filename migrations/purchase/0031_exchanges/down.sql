ALTER TABLE orders DROP COLUMN exchanges;
