-- How an order was paid: by the guest at Stripe (or free), at the venue in cash or by card, or given away by the club. Money
-- taken at the venue is booked in its own accounts and has no payment at Stripe.
ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'online'
  CONSTRAINT orders_channel CHECK (channel IN ('online', 'cash_at_venue', 'card_at_venue', 'comp'));
ALTER TABLE orders ADD CONSTRAINT orders_at_the_desk_are_settled
  CHECK (channel = 'online' OR state IN ('paid', 'refunded'));
ALTER TABLE orders ADD CONSTRAINT orders_comps_cost_nothing CHECK (channel <> 'comp' OR total_minor = 0);

-- What goes back of an order without a payment at Stripe: staff hand it over, or there is none. Stripe is not asked, and has no id
-- for it.
ALTER TABLE refunds ALTER COLUMN payment_id DROP NOT NULL,
  DROP CONSTRAINT refunds_amount_minor_check,
  ADD CONSTRAINT refunds_amount_minor_check CHECK (amount_minor > 0 OR (amount_minor = 0 AND payment_id IS NULL AND scope <> 'payment')),
  DROP CONSTRAINT refunds_succeeded,
  ADD CONSTRAINT refunds_succeeded CHECK (state <> 'succeeded' OR (stripe_refund IS NOT NULL) = (payment_id IS NOT NULL));
