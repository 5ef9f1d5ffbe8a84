DELETE FROM email_attempts WHERE email_id IN (SELECT id FROM emails WHERE template = 'account');
DELETE FROM emails WHERE template = 'account';
ALTER TABLE emails DROP CONSTRAINT emails_of_a_night;
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left', 'waitlist_joined', 'waitlist_offered', 'new_date'));
ALTER TABLE emails ALTER COLUMN event_id SET NOT NULL;
DROP TABLE links;
