# Orders at the desk, and giving them back.
admin-nav-orders = Orders
orders-title = Orders
orders-search = Reference, email or name
orders-night = Night
orders-every-night = Coming and recent nights
orders-look = Look
orders-order = Order
orders-buyer = Guest
orders-state = State
orders-none = No such order
orders-none-line = Try the reference from the email, the whole address, or a part of the name with the night chosen.
orders-away = The ticket site does not answer
orders-away-line = Orders are looked up there. Selling may be affected too. Try again in a minute.
orders-state-paid = Paid
orders-state-pending = Waits for payment
orders-state-expired = Ran out
orders-state-refunded = Given back
orders-made = Bought { $when }
orders-promo = Code { $code }
orders-line-discount = Code { $label }
orders-line-fee = Service fee, { $label }
orders-line-tax = Tax, { $label }
orders-money = Payments
orders-money-none = Nothing was paid.
orders-money-what = What
orders-money-when = When
orders-money-amount = Amount
orders-money-paid = Paid by card, { $id }
orders-money-captured = Received
orders-tickets = Tickets
orders-tickets-none = No ticket was issued.
orders-ticket-valid = Good
orders-ticket-cancelled = Cancelled
orders-ticket-refunded = Given back
orders-ticket-revoked = Replaced
orders-ticket-blocked = Frozen
orders-without-fee = { $amount } without the fee
orders-scope-payment = The whole payment
orders-scope-order = The whole order
orders-scope-tickets = Tickets
orders-scope-amount = An amount
orders-reason-late-payment = paid too late
orders-reason-second-payment = paid twice
orders-reason-amount-mismatch = another amount than asked
orders-reason-event-off-sale = the night was off
orders-reason-staff = by staff
orders-reason-guest = by the guest
orders-reason-night-cancelled = the night was cancelled
orders-refund-asked = Waits for the door
orders-refund-pending = On its way
orders-refund-succeeded = Sent by Stripe
orders-refund-failed = Failed
orders-refund-withdrawn = Not done: inside
orders-refund = Give money back
orders-refund-all = Everything that is left: { $amount }, or all but the fees. Every ticket stops working.
orders-refund-tickets = The tickets ticked above. They stop working.
orders-refund-amount = An amount. The tickets stay good.
orders-refund-amount-hint = For the third choice only, such as 12.50
orders-refund-keep = The club keeps the service fee
orders-refund-reason = Why
orders-refund-reason-hint = For the records. The guest does not see it.
orders-refund-line = Stripe sends it to the card it came from; the guest gets an email. Before that the door is asked whether anyone is inside with these tickets.
orders-refund-do = Give back
orders-refund-busy = Asking the door …
orders-done-refund = The money is on its way back
orders-done-asked = The door has not answered yet. The refund waits for it and goes on by itself.
orders-inside-title = Already inside
orders-inside-line = { $name }, since { $time }, { $gate }
orders-inside-ask = Nothing was given back yet. Give { $amount } back anyway? The guests are in, and the tickets stop working.
orders-inside-anyway = Give back anyway
orders-fault-nothing = Nothing was given back.
orders-fault-no-ticket = Tick the tickets that go back
orders-fault-no-reason = Say why, for the records
orders-fault-amount = The amount must be more than nothing, such as 12.50
orders-fault-exceeds = That is more than is left of what was paid
orders-fault-state = This order, or one of these tickets, was given back already or was never paid
orders-fault-away = The ticket site did not answer in time. Look at the payments below before you try again
orders-fault-other = That could not be done

# A night that is called off.
cancel-link = Cancel this night
cancel-title = Cancel the night
cancel-line = Guests can no longer buy it. Payment pages that are open are closed. Everyone who paid gets everything back, fees included, and an email. Every ticket stops working at the door. This cannot be undone.
cancel-figures = { $orders ->
    [one] 1 order
   *[other] { $orders } orders
} · { $tickets ->
    [one] 1 ticket
   *[other] { $tickets } tickets
} · { $amount }
cancel-sure = Yes, cancel “{ $title }” and give all the money back
cancel-sure-missing = Tick the box to say that you mean it
cancel-do = Cancel the night
cancel-busy = Cancelling …
cancel-progress-title = Cancelled: { $title }
cancel-progress-waiting = The ticket site has not heard of it yet. That takes a second or two.
cancel-progress-away = The ticket site does not answer. The work goes on there all the same; look again in a minute.
cancel-progress-done = Everyone has their money back
cancel-progress-done-failed = All is done but what failed. See what needs a person.
cancel-progress-going = Money is going back
cancel-progress-line = This goes on by itself, also if you close this page.
cancel-progress-orders = Orders taken back
cancel-progress-money = Money sent back by Stripe
cancel-progress-holds = { $count ->
    [one] 1 payment page is still being closed.
   *[other] { $count } payment pages are still being closed.
}
cancel-progress-failed = { $count ->
    [one] 1 refund failed
   *[other] { $count } refunds failed
}
cancel-progress-of = { $done } of { $all }
