//! What must hold whenever nothing is under way.

use serde_json::Value;

use super::{LOOKS, Stage, pause};

impl Stage {
    /// What must hold at any quiet point.
    pub async fn audit(&self) {
        let differs = "SELECT count(*) FROM stock s WHERE
            held <> coalesce((SELECT sum(l.places) FROM order_lines l JOIN orders o ON o.id = l.order_id
              WHERE o.state = 'pending' AND s.id = ANY(l.stock_ids)), 0)
              + coalesce((SELECT sum(w.places) FROM waitlist w WHERE w.state = 'offered' AND s.id = ANY(w.stock_ids)), 0)
            OR sold <> (SELECT count(*) FROM tickets t JOIN order_lines l ON l.id = t.order_line_id
              WHERE NOT t.place_freed AND s.id = ANY(l.stock_ids))
            OR held + sold > capacity";
        assert_eq!(self.count(differs).await, 0, "I1: counters equal the rows");
        let tickets = "SELECT count(*) FROM orders o WHERE (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.state <> 'revoked')
            <> CASE WHEN o.paid_at IS NOT NULL THEN (SELECT sum(places) FROM order_lines l WHERE l.order_id = o.id) ELSE 0 END
            OR o.state <> 'paid' AND EXISTS (SELECT FROM tickets t WHERE t.order_id = o.id AND t.state = 'valid')";
        assert_eq!(
            self.count(tickets).await,
            0,
            "I2: a paid order has exactly its tickets, another none that is good"
        );
        let promos = "SELECT count(*) FROM promos p WHERE taken <> (SELECT count(*) FROM promo_redemptions r
              JOIN orders o ON o.id = r.order_id WHERE r.promo_id = p.id AND r.state <> 'freed'
              AND (r.state = 'held') = (o.state = 'pending'))
            OR taken <> (SELECT coalesce(sum(c.taken), 0) FROM promo_codes c WHERE c.promo_id = p.id)";
        assert_eq!(self.count(promos).await, 0, "a promo is taken as often as orders use it");
        let credits = "SELECT count(*) FROM credits c WHERE amount_minor - balance_minor - lapsed_minor <>
            coalesce((SELECT sum(u.amount_minor - u.returned_minor) FROM credit_uses u JOIN orders o ON o.id = u.order_id
                       WHERE u.credit_id = c.id AND u.state <> 'freed' AND (u.state = 'held') = (o.state = 'pending')), 0)";
        assert_eq!(self.count(credits).await, 0, "a credit has what its orders leave of it");
        // What hangs on open holds is spent in the books when it is paid.
        let owed = "SELECT coalesce(sum(balance_minor), 0)::bigint + coalesce((SELECT sum(amount_minor) FROM credit_uses
            WHERE state = 'held'), 0)::bigint + coalesce((SELECT sum(amount_minor) FROM ledger_entries
            WHERE account = 'credits'), 0)::bigint FROM credits";
        assert_eq!(self.count(owed).await, 0, "the books owe what is left of all credits");
        let money = "SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id WHERE
            (p.purpose = 'order') <> NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.scope = 'payment')
            OR (p.purpose = 'order' AND o.paid_at IS NULL)
            OR p.refunded_minor <> coalesce((SELECT sum(amount_minor - credit_minor) FROM refunds r
                                              WHERE r.payment_id = p.id AND r.state <> 'withdrawn'), 0)";
        assert_eq!(self.count(money).await, 0, "I3: a payment is an order's or goes back");
        let books = "SELECT count(*) FROM (SELECT currency FROM ledger_entries GROUP BY currency HAVING sum(amount_minor) <> 0) x";
        assert_eq!(self.count(books).await, 0, "I6: the ledger sums to zero");
        // A refund that Stripe has just made is booked as soon as its answer is here.
        let mut tries = 0;
        let (captured, net, clearing) = loop {
            let captured = self.sandbox_state().await;
            let net = net_of(&captured);
            let clearing = self
                .count(
                    "SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entries e
                       JOIN ledger_transactions t ON t.id = e.transaction_id
                      WHERE e.account = 'stripe_clearing' AND t.order_id IS NOT NULL",
                )
                .await;
            tries += 1;
            if clearing == net || tries == LOOKS {
                break (captured, net, clearing);
            }
            pause().await;
        };
        assert_eq!(clearing, net, "clearing equals what Stripe holds: {captured}");
    }
}

/// What Stripe captured less what it gave back, what banks took and what Stripe took for that.
fn net_of(state: &Value) -> i64 {
    let eur = |what: &str| state["money"]["eur"][what].as_i64().unwrap_or_default();
    eur("captured") - eur("refunded") - eur("disputed") - eur("dispute_fees")
}
