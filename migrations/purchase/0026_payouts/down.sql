DROP TABLE payout_looks;
DROP TABLE stripe_balance;
DROP TABLE payouts;
