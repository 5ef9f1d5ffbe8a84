ALTER TABLE tickets DROP COLUMN buyer_email_hash;
