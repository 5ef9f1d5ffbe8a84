//! Objects as Stripe's JSON shows them: whole, because typed clients refuse anything less.

use serde_json::{Value, json};

use super::model::{
    Charge, Decline, Dispute, Line, Movement, Payment, Payout, PayoutStatus, Refund, Session, SessionStatus,
};
use super::statement;

/// The API version the stand-in speaks.
pub const API_VERSION: &str = "2026-09-30.endive";

/// Adds the fields that Stripe always shows and the sandbox never fills.
fn with_nulls(mut object: Value, fields: &[&str]) -> Value {
    for field in fields {
        object[*field] = Value::Null;
    }
    object
}

const SESSION_NULLS: &[&str] = &[
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "customer_account",
    "invoice",
    "invoice_creation",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
    "wallet_options",
];

const PAYMENT_NULLS: &[&str] = &[
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "customer",
    "customer_account",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "transfer_data",
    "transfer_group",
];

const CHARGE_NULLS: &[&str] = &[
    "application",
    "application_fee",
    "application_fee_amount",
    "customer",
    "failure_balance_transaction",
    "on_behalf_of",
    "payment_method",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source",
    "source_transfer",
    "statement_descriptor",
    "transfer_data",
    "transfer_group",
];

/// A page of a list.
pub fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    json!({"object": "list", "url": url, "has_more": has_more, "data": data})
}

/// A Checkout Session.
pub fn session(session: &Session, public_url: &str) -> Value {
    let total = session.total();
    let open = session.is_open();
    let url = open.then(|| format!("{public_url}/c/pay/{}", session.id));
    let details = session.customer_email.as_ref().map(|email| {
        json!({"address": null, "business_name": null, "email": email, "individual_name": null, "name": null,
               "phone": null, "tax_exempt": "none", "tax_ids": []})
    });
    let card = ["card".to_owned()];
    let methods = if session.methods.is_empty() { card.as_slice() } else { session.methods.as_slice() };
    let object = json!({
        "id": session.id, "object": "checkout.session", "adaptive_pricing": {"enabled": false}, "amount_subtotal": total, "amount_total": total,
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null}, "cancel_url": session.cancel_url,
        "client_reference_id": session.client_reference_id, "created": session.created, "currency": session.currency, "custom_fields": [],
        "custom_text": {"after_submit": null, "shipping_address": null, "submit": null,
                        "terms_of_service_acceptance": null}, "customer_creation": "if_required",
        "customer_details": if session.status == SessionStatus::Expired { None } else { details },
        "customer_email": session.customer_email, "discounts": [], "expires_at": session.expires_at, "livemode": false, "locale": session.locale, "metadata": session.metadata,
        "mode": "payment", "payment_intent": session.payment_intent,
        "payment_method_collection": "if_required",
        "payment_method_options": {}, "payment_method_types": methods,
        "payment_status": session.payment_status(),
        "phone_number_collection": {"enabled": false}, "shipping_options": [],
        "status": session.status.code(),
        "success_url": session.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page", "url": url,
    });
    with_nulls(object, SESSION_NULLS)
}

/// A line of a session.
pub fn line(line: &Line, session: &Session) -> Value {
    json!({
        "id": line.id, "object": "item", "adjustable_quantity": null, "amount_discount": 0,
        "amount_subtotal": line.total(), "amount_tax": 0, "amount_total": line.total(),
        "currency": session.currency, "description": line.name, "metadata": {}, "quantity": line.quantity,
        "price": {
            "id": line.price, "object": "price", "active": false, "billing_scheme": "per_unit",
            "created": session.created, "currency": session.currency, "custom_unit_amount": null, "livemode": false,
            "lookup_key": null, "metadata": {}, "nickname": null, "product": line.product, "recurring": null,
            "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null, "type": "one_time",
            "unit_amount": line.unit_amount, "unit_amount_decimal": line.unit_amount.to_string(),
        },
    })
}

/// A payment intent.
pub fn payment(payment: &Payment) -> Value {
    let paid = payment.status == super::model::PaymentStatus::Succeeded;
    let object = json!({
        "id": payment.id, "object": "payment_intent", "amount": payment.amount, "amount_capturable": 0,
        "amount_details": {"tip": {}}, "amount_received": if paid { payment.amount } else { 0 }, "capture_method": "automatic_async",
        "client_secret": format!("{}_secret_sandbox", payment.id), "confirmation_method": "automatic",
        "created": payment.created, "currency": payment.currency,
        "description": payment.description,
        "last_payment_error": payment.last_error.as_ref().map(|error| decline(error, payment.latest_charge.as_ref())),
        "latest_charge": payment.latest_charge, "livemode": false, "metadata": payment.metadata,
        "payment_method_options": {}, "payment_method_types": ["card"],
        "receipt_email": payment.receipt_email,
        "statement_descriptor_suffix": payment.statement_suffix,
        "status": payment.status.code(),
    });
    with_nulls(object, PAYMENT_NULLS)
}

fn decline(decline: &Decline, charge: Option<&String>) -> Value {
    json!({
        "type": "card_error", "code": decline.code, "decline_code": decline.decline_code, "charge": charge,
        "message": decline.message, "doc_url": "https://stripe.com/docs/error-codes",
    })
}

/// A charge.
pub fn charge(charge: &Charge) -> Value {
    let paid = charge.decline.is_none();
    let refusal = charge.decline.as_ref();
    let outcome = json!({
        "advice_code": null, "network_advice_code": null, "network_decline_code": null,
        "network_status": if paid { "approved_by_network" } else { "declined_by_network" },
        "reason": refusal.map(|decline| decline.decline_code.as_ref().unwrap_or(&decline.code)),
        "risk_level": "normal", "risk_score": 12,
        "seller_message": if paid { "Payment complete." } else { "The bank did not return any further details with this decline." },
        "type": if paid { "authorized" } else { "issuer_declined" },
    });
    let object = json!({
        "id": charge.id, "object": "charge", "amount": charge.amount,
        "amount_captured": if paid { charge.amount } else { 0 }, "amount_refunded": charge.refunded,
        "balance_transaction": charge.movement,
        "billing_details": {"address": no_address(), "email": charge.email, "name": charge.name, "phone": null,
                            "tax_id": null},
        "calculated_statement_descriptor": statement::line(charge.statement_suffix.as_deref()), "captured": paid, "created": charge.created,
        "currency": charge.currency, "description": charge.description, "disputed": charge.disputed, "failure_code": refusal.map(|decline| &decline.code),
        "failure_message": refusal.map(|decline| &decline.message), "fraud_details": {}, "livemode": false,
        "metadata": charge.metadata, "outcome": outcome, "paid": paid,
        "payment_intent": charge.payment, "payment_method_details": card(charge),
        "radar_options": {}, "receipt_email": charge.receipt_email, "statement_descriptor_suffix": charge.statement_suffix,
        "refunded": paid && charge.refunded >= charge.amount,
        "status": if paid { "succeeded" } else { "failed" },
    });
    with_nulls(object, CHARGE_NULLS)
}

fn no_address() -> Value {
    json!({"city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null})
}

fn card(charge: &Charge) -> Value {
    let secure = charge.card.authenticated.then(|| {
        json!({"authentication_flow": "challenge", "electronic_commerce_indicator": "05",
               "exemption_indicator": null, "result": "authenticated", "result_reason": null,
               "transaction_id": charge.id, "version": "2.2.0"})
    });
    json!({"type": "card", "card": {
        "amount_authorized": charge.amount, "brand": charge.card.brand,
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
        "country": "US", "exp_month": 12, "exp_year": 2034, "fingerprint": null, "funding": "credit",
        "installments": null, "last4": charge.card.last4, "mandate": null, "network": charge.card.brand,
        "network_token": {"used": false}, "three_d_secure": secure, "wallet": null,
    }})
}

/// A refund.
pub fn refund(refund: &Refund) -> Value {
    let failed = refund.status == "failed";
    json!({
        "id": refund.id, "object": "refund", "amount": refund.amount, "balance_transaction": refund.movement,
        "charge": refund.charge, "created": refund.created, "currency": refund.currency,
        "destination_details": {"type": "card", "card": {
            "reference": null, "reference_status": "pending", "reference_type": "acquirer_reference_number",
            "type": "refund"}},
        "failure_balance_transaction": refund.failure_movement,
        "failure_reason": failed.then_some("expired_or_canceled_card"), "metadata": refund.metadata,
        "payment_intent": refund.payment, "reason": refund.reason, "receipt_number": null,
        "source_transfer_reversal": null, "status": refund.status, "transfer_reversal": null,
    })
}

const EVIDENCE_NULLS: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

/// A dispute with its balance transactions, which Stripe shows whole.
pub fn dispute(dispute: &Dispute, movements: &[&Movement], brand: &str, now: i64) -> Value {
    let inquiry = dispute.status.is_inquiry();
    let due_by = (!dispute.status.is_closed()).then_some(dispute.due_by);
    json!({
        "id": dispute.id, "object": "dispute", "amount": dispute.amount,
        "balance_transactions": movements.iter().map(|moved| movement(moved)).collect::<Vec<_>>(),
        "charge": dispute.charge, "created": dispute.created, "currency": dispute.currency,
        "enhanced_eligibility_types": [],
        "evidence": with_nulls(json!({"enhanced_evidence": {}}), EVIDENCE_NULLS),
        "evidence_details": {
            "due_by": due_by, "enhanced_eligibility": {}, "has_evidence": dispute.submissions > 0,
            "past_due": dispute.submissions == 0 && dispute.due_by < now, "submission_count": dispute.submissions},
        "is_charge_refundable": inquiry, "livemode": false, "metadata": {}, "network_reason_code": "10.4",
        "payment_intent": dispute.payment,
        "payment_method_details": {"type": "card", "card": {
            "brand": brand, "case_type": if inquiry { "inquiry" } else { "chargeback" }, "network": brand,
            "network_reason_code": "10.4"}},
        "reason": dispute.reason, "status": dispute.status.code(),
    })
}

/// A balance transaction.
pub fn movement(movement: &Movement) -> Value {
    let fees = if movement.fee == 0 {
        json!([])
    } else {
        json!([{"amount": movement.fee, "application": null, "currency": movement.currency,
                "description": if movement.kind.code() == "adjustment" { "Dispute fee" } else { "Stripe processing fees" },
                "type": "stripe_fee"}])
    };
    json!({
        "id": movement.id, "object": "balance_transaction", "amount": movement.amount,
        "available_on": movement.created, "balance_type": "payments", "created": movement.created,
        "currency": movement.currency, "description": movement.description, "exchange_rate": null,
        "fee": movement.fee, "fee_details": fees, "net": movement.amount - movement.fee,
        "reporting_category": movement.kind.category(),
        "source": Some(&movement.source).filter(|source| !source.is_empty()), "status": "available",
        "type": movement.kind.code(),
    })
}

/// A payout.
pub fn payout(payout: &Payout) -> Value {
    let failed = payout.status == PayoutStatus::Failed;
    json!({
        "id": payout.id, "object": "payout", "amount": payout.amount, "application_fee": null,
        "application_fee_amount": null, "arrival_date": payout.arrival, "automatic": true,
        "balance_transaction": payout.movement, "created": payout.created, "currency": payout.currency,
        "description": "STRIPE PAYOUT", "destination": null,
        "failure_balance_transaction": payout.failure_movement,
        "failure_code": failed.then_some("account_closed"),
        "failure_message": failed.then_some("The bank account has been closed."),
        "livemode": false, "metadata": {}, "method": "standard", "original_payout": null, "payout_method": null,
        "reconciliation_status": "completed", "reversed_by": null, "source_type": "card",
        "statement_descriptor": null, "status": payout.status.code(), "trace_id": null, "type": "bank_account",
    })
}
