DROP TABLE refund_tickets, tickets, ledger_entries, ledger_transactions, quarantine, webhook_events, refunds, payments, attempts,
  checkout_requests, promo_redemptions, order_lines, orders, promo_codes, promos, stock_clamps, stock, ticket_types, events;
DROP FUNCTION ledger_balances(), ledger_is_append_only(), orders_forget_client();
