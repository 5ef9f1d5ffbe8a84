-- What guests ask the mail for: their tickets again, a search for them, a ticket passed on; and that such a ticket
-- is good no more.
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left'));
-- The guest's wish that made this revision: each acts once, however often it is told.
ALTER TABLE emails ADD COLUMN asked_by uuid CONSTRAINT emails_asked_once UNIQUE;
