ALTER TABLE refunds DROP COLUMN as_credit, DROP COLUMN credit_minor;
DROP TABLE credit_uses, credits;
