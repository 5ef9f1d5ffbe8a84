DROP TABLE tickets, ledger_entries, ledger_transactions, quarantine, webhook_events, refunds, payments, attempts,
  checkout_requests, order_lines, orders, stock_clamps, stock, ticket_types, events;
DROP FUNCTION ledger_balances(), ledger_is_append_only();
