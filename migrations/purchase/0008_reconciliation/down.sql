DROP INDEX orders_paid_late, refunds_late;
DROP TRIGGER ledger_entries_sum ON ledger_entries;
DROP FUNCTION ledger_entry_sums();
DROP TABLE order_books, stripe_movements, reconciliations;
DROP FUNCTION stripe_movement_sums();
