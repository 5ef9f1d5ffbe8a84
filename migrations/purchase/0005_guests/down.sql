DROP TABLE mail_wishes;
DROP INDEX orders_without_receipt;
ALTER TABLE orders DROP COLUMN receipted;
DROP TABLE receipt_numbers;
DROP TABLE receipt_series;
