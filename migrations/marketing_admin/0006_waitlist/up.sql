-- What is written to guests who stand in line: that they do, and that places are held for them.
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left', 'waitlist_joined', 'waitlist_offered', 'new_date'));
