DROP TABLE stripe_movements, reconciliations;
