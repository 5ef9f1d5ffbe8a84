DELETE FROM email_attempts USING emails e WHERE e.id = email_id AND e.template IN ('waitlist_joined', 'waitlist_offered', 'new_date');
DELETE FROM emails WHERE template IN ('waitlist_joined', 'waitlist_offered', 'new_date');
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left'));
