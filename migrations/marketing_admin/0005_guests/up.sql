-- What guests ask the mail for: their tickets again, a search for them, a ticket passed on; and that such a ticket
-- is good no more.
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left'));
-- The guest's wish that made this revision: each acts once, however often it is told.
ALTER TABLE emails ADD COLUMN asked_by uuid CONSTRAINT emails_asked_once UNIQUE;

-- Tickets that came in the place of sold ones: passed on, or handed back to the buyer. Who comes with one comes with its order.
-- The order may not have been heard of yet.
CREATE TABLE passed_on_tickets (
  ticket_id uuid PRIMARY KEY,
  order_id  uuid NOT NULL
);
CREATE INDEX passed_on_tickets_order ON passed_on_tickets (order_id);
REVOKE UPDATE, DELETE, TRUNCATE ON passed_on_tickets FROM marketing_admin;
