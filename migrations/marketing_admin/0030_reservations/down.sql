DELETE FROM email_attempts WHERE email_id IN (SELECT id FROM emails WHERE template LIKE 'table\_%');
DELETE FROM emails WHERE template LIKE 'table\_%';
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left', 'waitlist_joined', 'waitlist_offered', 'new_date',
                      'account'));
DROP TABLE table_orders;
DROP TABLE reservations;
