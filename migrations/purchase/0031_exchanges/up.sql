-- An order may exchange a ticket of another order for its own: what is paid for it is the difference. The ticket goes in the transaction
-- that pays the order; until then nothing of it changes, and the first of two orders that is paid has it.
ALTER TABLE orders ADD COLUMN exchanges uuid REFERENCES tickets (id);
ALTER TABLE orders ADD CONSTRAINT orders_exchanges_are_online CHECK (exchanges IS NULL OR channel = 'online');
CREATE UNIQUE INDEX orders_exchanged_once ON orders (exchanges) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_exchanges ON orders (exchanges) WHERE exchanges IS NOT NULL;
