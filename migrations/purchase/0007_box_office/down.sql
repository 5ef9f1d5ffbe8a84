DELETE FROM refund_tickets USING refunds r WHERE r.id = refund_id AND r.payment_id IS NULL;
DELETE FROM refunds WHERE payment_id IS NULL;
ALTER TABLE refunds ALTER COLUMN payment_id SET NOT NULL,
  DROP CONSTRAINT refunds_amount_minor_check,
  ADD CONSTRAINT refunds_amount_minor_check CHECK (amount_minor > 0),
  DROP CONSTRAINT refunds_succeeded,
  ADD CONSTRAINT refunds_succeeded CHECK (state <> 'succeeded' OR stripe_refund IS NOT NULL);
ALTER TABLE orders DROP COLUMN channel;
