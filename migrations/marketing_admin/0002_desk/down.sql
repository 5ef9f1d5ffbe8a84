DROP TABLE email_pace, email_attempts, emails, ticket_type_figures, event_figures, scans, sold_tickets, order_refunds, orders,
  promo_codes, promos, ticket_types, zones, event_new_dates, events, venues, sessions, staff;
