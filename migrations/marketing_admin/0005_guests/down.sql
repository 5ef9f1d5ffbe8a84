DROP TABLE passed_on_tickets;
DELETE FROM email_attempts USING emails e WHERE e.id = email_id AND e.template IN ('tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened', 'ticket_gone',
  'ticket_handed_back', 'ticket_left');
DELETE FROM emails WHERE template IN ('tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened', 'ticket_gone',
  'ticket_handed_back', 'ticket_left');
ALTER TABLE emails DROP COLUMN asked_by;
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check CHECK (template IN ('order_paid', 'order_refunded'));
