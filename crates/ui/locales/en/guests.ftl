# What guests do with a paid order.

# Files to take along
guests-tickets-pdf = { $count ->
    [one] Ticket as PDF
   *[other] All tickets as PDF
}
guests-ticket-pdf = This ticket as PDF
guests-calendar = Add to calendar
guests-apple-wallet = Add to Apple Wallet
guests-google-wallet = Add to Google Wallet

# Receipts and what was paid
guests-receipt-pdf = Receipt as PDF
guests-receipt-paid-online = Paid online
guests-receipt-refund = Refund
guests-history = Payments
guests-history-paid = Paid
guests-history-received = Received, and sent back
guests-history-refunding = On its way back
guests-history-refunded = Sent back
guests-history-stuck = Could not be sent back yet: the club will write to you
