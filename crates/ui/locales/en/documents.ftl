# Files a guest keeps: tickets on paper, receipts, wallet passes, the calendar.
documents-order = Order
documents-price = Price
documents-page = Page
documents-page-of = of

# Tickets
documents-tickets-title = Tickets: { $event }, order { $reference }
documents-ticket-number = Ticket { $number } of { $of }
documents-ticket-type = Ticket
documents-ticket-holder = Name
documents-ticket-arrive-by = Arrive before
documents-ticket-arrive-from = Entry from
documents-ticket-code = QR code of this ticket
documents-ticket-notes = At the door
documents-ticket-once = Show this code, printed or on your phone. It lets one person in, once.
documents-ticket-moves = Open your ticket page at the door: the code moves. Each code lets one person in, once.
documents-ticket-footer = If a ticket is passed on or refunded, this sheet stops counting. Your order’s page always shows what counts.
documents-price-fee = incl. { $fee } fee
documents-price-fee-and-tax = incl. { $fee } fee and VAT
documents-price-tax = incl. VAT

# Receipts
documents-receipt = Receipt
documents-simplified-invoice = Simplified invoice
documents-invoice = Invoice
documents-bill-buyer = Billed to
documents-bill-number = Number
documents-bill-date = Date
documents-bill-supplied = Date of the night
documents-bill-tax-id = Tax id { $id }
documents-bill-what = Description
documents-bill-quantity = Quantity
documents-bill-unit = Each
documents-bill-tax = VAT
documents-bill-amount = Amount
documents-bill-rate = VAT rate
documents-bill-net = Net
documents-bill-gross = Gross
documents-bill-total-with-tax = Total incl. VAT
documents-bill-no-tax = No VAT is charged.
documents-bill-paid = Paid
documents-bill-refunded = Refunded since
documents-credit-note = Credit note
documents-credit-note-corrects = Corrects
documents-credit-note-corrects-of = Dated
documents-credit-note-reason = Reason
documents-credit-note-paid-back = Paid back

# Wallets and the calendar
documents-pass-description = Ticket for { $event }
documents-pass-doors = Doors
documents-pass-night = Night
documents-pass-venue = Venue
documents-pass-address = Address
documents-pass-order-page = Your order’s page
documents-pass-status = Ticket
documents-pass-good = Valid: one person, once
documents-pass-voided = No longer valid: it lets nobody in
documents-pass-changed-holder = Now in the name of %@
documents-pass-changed-status = %@
documents-pass-changed-doors = Doors now at %@
documents-pass-changed-night = New date: %@
documents-pass-changed-venue = New venue: %@
documents-calendar-cancelled = Cancelled: { $event }
documents-calendar-about = { $hours }
    Order { $reference }, your tickets: { $url }

# Test mode
documents-test-ticket = TEST · Lets nobody in
documents-test-bill = TEST · No money was paid
documents-test-dossier = TEST · Nothing here was real
