DROP TABLE ticket_shares;
DROP TABLE ticket_transfers;
-- Where a ticket was passed on, only what stands in its place is kept.
DELETE FROM refund_tickets b USING tickets t WHERE t.id = b.ticket_id AND b.withdrawn AND t.state = 'revoked';
DELETE FROM tickets t USING tickets live WHERE t.state = 'revoked' AND live.state <> 'revoked'
  AND live.order_line_id = t.order_line_id AND live.ordinal = t.ordinal;
DROP INDEX tickets_once_per_place;
ALTER TABLE tickets ADD CONSTRAINT tickets_once_per_place UNIQUE (order_line_id, ordinal);
DROP TABLE order_answers;
DROP TABLE presales;
DROP TABLE sale_reminders;
DROP TABLE mail_wishes;
DROP INDEX orders_without_receipt;
ALTER TABLE orders DROP COLUMN receipted;
DROP TABLE receipt_numbers;
DROP TABLE receipt_series;
