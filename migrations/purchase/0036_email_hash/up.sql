-- By what the door finds a ticket when its person says an address: a hash of it, bound to the night (domain::look_up). The door gets
-- this and never the address. Empty where the order has none.
ALTER TABLE tickets ADD COLUMN buyer_email_hash bytea NOT NULL DEFAULT '';
