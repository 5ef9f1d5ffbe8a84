# The ticket site.

# What stands on Stripe's page and on the receipt
purchase-charge-fee = Service fee, { $type }

# The nights
purchase-list-title = Nights on sale
purchase-list-description = Every coming night at the club, with tickets at the club’s own price.
purchase-list-empty = Nothing is on sale yet
purchase-list-empty-line = The next nights appear here as soon as they are announced.
purchase-from-price = from { $price }
purchase-on-sale = Tickets
purchase-opens = On sale { $when }
purchase-closed = Sale closed

# One night
purchase-tickets-title = Tickets
purchase-choose = Choose tickets
purchase-you-title = Who comes
purchase-how-many = How many: { $name }
purchase-few-left = { $count ->
    [one] Only { $count } left
   *[other] Only { $count } left
}
purchase-limit = { $most ->
    [one] one per order
   *[other] up to { $most } per order
}
purchase-minimum = at least { $fewest }
purchase-name-hint = As it should stand on the tickets.
purchase-email-hint = The tickets go there.
purchase-access-summary = I have an access code
purchase-access = Access code
purchase-access-open = Open
purchase-access-wrong = This code opens nothing here. Check how it is written.
purchase-promo-summary = I have a code or credit
purchase-promo = Code or credit
purchase-promise = You pay on the next page. Your tickets are held for you meanwhile, and nothing is charged until you confirm.
purchase-buying = Holding your tickets
purchase-sold-out-line = Holds that run out come back within minutes: look again.
purchase-not-yet-line = Come back when the sale opens. Nothing is held before.
purchase-closed-line = The online sale is over. Ask at the door, or see the coming nights.

# The order
purchase-order-reference = Order { $reference }
purchase-order-frozen = Your tickets are frozen
purchase-order-frozen-lead = Your bank is taking this payment back, so the tickets let nobody in. If that’s a mistake, ask your bank to drop the claim, or write to us. Then they work again.
purchase-order-gone = No tickets left here
purchase-order-gone-lead = They were passed on, exchanged or given back, so there’s nothing to show at the door. What happened to each is below.
purchase-order-paid = You’re in
purchase-order-paid-lead = Paid. Your tickets are also on their way to { $email }. Show one code per person at the door.
purchase-order-free = You’re in
purchase-order-free-lead = Your tickets are also on their way to { $email }. Show one code per person at the door.
purchase-order-pending = Waiting for your payment
purchase-order-pending-lead = Your tickets are held until { $until }. This page changes by itself once they are paid.
purchase-order-unopened = The payment page didn’t open
purchase-order-unopened-lead = The payment service isn’t answering. Your tickets are held until { $until }, and nothing was charged.
purchase-order-cancelled = Not paid yet
purchase-order-cancelled-lead = Nothing was charged. Your tickets are held until { $until }; you can still pay.
purchase-order-declined = The card was declined
purchase-order-declined-lead = Nothing was charged. Your tickets are held until { $until }; you can still pay, with this card or another.
purchase-declined-funds = There is too little money on the card. Another card, or another account, will do.
purchase-declined-limit = A limit of the card is reached. Another card will do, or your bank raises the limit.
purchase-declined-expired = The card has expired, or its date was mistyped. Look at the date, or take another card.
purchase-declined-details = A number of the card, its security code or the postcode was not right. Type it again with care.
purchase-declined-confirm = The bank wanted you to confirm the payment, and that did not come through. Try again and confirm it in your bank’s app or by its message.
purchase-declined-later = The banks did not get through to each other. The same card may work in a minute.
purchase-declined-twice = The bank has just seen the same payment. Check your email for your tickets before you pay again.
purchase-declined-unfit = The card can’t be used for this purchase. Another card will do.
purchase-declined-bank = The bank said no, and does not tell us why. Another card will do; else your bank knows more.
purchase-order-confirming = Confirming your payment
purchase-order-confirming-lead = The payment service is telling us about it. This takes a few seconds, and this page changes by itself.
purchase-order-processing = Your payment is being processed
purchase-order-processing-lead = Your bank has taken the order, and the money is on its way. Depending on how you paid this takes minutes or days. This page changes by itself.
purchase-processing-note = Your places stay held. The tickets come by email as soon as the money is there; if it does not come, nothing is charged.
purchase-order-closing = Time is up
purchase-order-closing-lead = The time to pay ended at { $until }. We are checking with the payment service; this page changes by itself.
purchase-order-expired = This order ran out
purchase-order-expired-lead = It wasn’t paid in time, so its tickets went back on sale.
purchase-order-refunded = Your money goes back
purchase-order-refunded-lead = This order is no longer valid, and what you paid for it is returned in full.
purchase-order-refunded-part = No longer valid
purchase-order-refunded-part-lead = The tickets of this order let nobody in any more. { $amount } of what was paid stays with the club.
purchase-order-refunded-venue = Your money waits at the club
purchase-order-refunded-venue-lead = This order is no longer valid. You paid at the venue, so the club gives you { $amount } back there: bring this page.
purchase-order-refunded-handed = No longer valid
purchase-order-refunded-handed-lead = The tickets of this order let nobody in any more, and your money was handed back at the venue.
purchase-order-voided = No longer valid
purchase-order-voided-lead = The tickets of this order let nobody in any more. They cost nothing, so no money moves.
purchase-confirming-note = You can close this page: the tickets come by email as well.
purchase-closing-note = If you have paid, your tickets come or your money goes back.
purchase-nothing-charged = Nothing was charged
purchase-hold-left = Time left to pay
purchase-offline = No connection
purchase-offline-line = Your tickets stay held. We go on asking, and this page catches up once the network is back.
purchase-second-payment-note = It was paid twice. { $amount } goes back to you by itself.
purchase-refund-title-pending = { $amount } goes back to your card
purchase-refund-title-done = { $amount } went back to your card
purchase-refund-title-handed = { $amount } was handed back to you
purchase-refund-title-otherwise = The club paid { $amount } back to you
purchase-refund-title-stuck = { $amount } could not go back yet
purchase-refund-title-credit = { $amount } went to club credit
purchase-refund-pending = { $amount } is on its way back to your card. Your bank shows it within 5 to 10 days.
purchase-refund-done = { $amount } was returned. Your bank shows it within 5 to 10 days.
purchase-refund-handed = { $amount } was handed back to you at the venue.
purchase-refund-otherwise = { $amount } could not go back the way you paid, so the club paid it to you itself.
purchase-refund-stuck = { $amount } could not be returned by itself. The club has been told and will write to you.
purchase-pay-now = Pay now
purchase-opening = Opening the payment page
purchase-buy-again = See this night again
purchase-your-tickets = Your tickets
purchase-ticket-number = Ticket { $number } of { $count }
purchase-qr-alt = QR code of this ticket
purchase-code-summary = Code in letters
purchase-fee-line = Service fee, { $type }
purchase-tickets-gone = { $count ->
    [one] One ticket that no longer lets anyone in
   *[other] { $count } tickets that no longer let anyone in
}
purchase-ticket-valid = Valid
purchase-ticket-cancelled = Cancelled by the club
purchase-ticket-refunded = Given back
purchase-ticket-revoked = Replaced by another ticket
purchase-ticket-blocked = Blocked: ask at the door
purchase-ticket-disputed = Frozen: the buyer’s bank is taking the payment back, and only the buyer can stop that
purchase-keep-link = This page is yours alone: whoever has its address can use the tickets.

purchase-charge-tax = Tax, { $type }
purchase-charge-discounted = { $type } ({ $code })
purchase-discount-line = Code { $code }
purchase-tax-line = Tax, { $type }
purchase-promo-applied = The code takes off
purchase-tier-left = { $count ->
    [one] one left at this price
   *[other] { $count } left at this price
}
purchase-tier-until = until { $when }
purchase-group-of = A group ticket: { $count } tickets
purchase-add-on = An extra: comes with a ticket
purchase-entry-from = Entry from { $time }
purchase-entry-until = Entry until { $time }
purchase-lets-in-from = Lets in from { $time }, not before.
purchase-code-moves = Bring your phone: the code moves
purchase-entries-once = No re-entry
purchase-entries-any = Re-entry allowed until doors close
purchase-entries-counted = Re-entry allowed: up to { $count } entries
purchase-per-guest = At most { $most } per guest

# What changes on a night’s page while it is open
purchase-live-fewer = { $name }: fewer are left than you had chosen. Your choice is now { $most }.
purchase-live-none = { $name }: none is left for you to choose, so it is no longer part of your choice.
purchase-live-fresh = Something new is on sale.
purchase-live-load = Load the page again
purchase-live-gone = This night is no longer on sale here.

# The waiting room: more guests than are let in at once
purchase-room-title = You’re in the waiting room
purchase-room-lead = Many people want tickets right now. Turns come in order of arrival.
purchase-room-place = Your place
purchase-room-before = { $count ->
    [0] You’re next
    [one] 1 person is ahead of you
   *[other] { $count } people are ahead of you
}
purchase-room-soon = Less than a minute to go.
purchase-room-minutes = { $count ->
    [one] About a minute to go.
   *[other] About { $count } minutes to go.
}
purchase-room-sold-out = Everything is sold out at the moment. Places come back only if others don’t pay.
purchase-room-stays = Keep this page open: it moves on by itself. You can also come back to it in this browser; your place stays yours. Tickets are not held while you wait.
purchase-room-turn = { $minutes ->
    [one] When your turn comes, you have one minute to choose and buy.
   *[other] When your turn comes, you have { $minutes } minutes to choose and buy.
}
purchase-room-look = See how far I am
purchase-room-notice = Many people want tickets right now
purchase-room-notice-line = Take a place in the waiting room: turns come in order of arrival. When yours comes, you choose and buy.
purchase-room-join = Take a place
purchase-room-yours = It’s your turn
purchase-guest-price = Pay what you want
purchase-amount = Your price for one: { $name }
purchase-amount-hint = From { $least } to { $most }. What stands here is what the club suggests; fees and taxes may come on top.
purchase-needs = { $serves ->
    [1] Only together with 1 × { $name } each, in the same order
   *[other] Only together with 1 × { $name } for every { $serves }, in the same order
}
purchase-questions-title = The club asks
purchase-question-ticket = { $name } · ticket { $number }
purchase-question-none = Please choose
purchase-question-yes = Yes
purchase-question-no = No
purchase-question-wrong = This doesn’t answer the question. Look at it once more.
purchase-answers = Your answers
purchase-credit-line = Credit { $code }
purchase-charge-rest = What your credit leaves to pay

# At the door, beside a ticket
purchase-door-disputed-before = Payment disputed before: ask a supervisor
