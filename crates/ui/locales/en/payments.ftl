# Every movement of money.
payments-nav = Payments
payments-title = Payments
payments-line = Everything that was paid and that went back, as the books have it, to the cent.
payments-look = Show
payments-all = Show everything
payments-from = From
payments-until = Until
payments-method = Paid how
payments-every-method = Every way
payments-every-state = Every state
payments-method-online = Online
payments-method-cash-at-venue = Cash at the venue
payments-method-card-at-venue = Card at the venue
payments-method-bank-transfer = Bank transfer
payments-kind-refund-otherwise = Paid back another way
payments-state-booked = Booked
payments-state-asked = The door is asked
payments-state-pending = On its way
payments-state-failed = Failed
payments-state-withdrawn = Withdrawn
payments-kind-payment = Paid
payments-kind-venue-sale = Sold at the venue
payments-kind-refund = Given back
payments-kind-refund-bounced = Came back from the bank
payments-kind-dispute = Moved by a dispute
payments-kind-comp = Given away
payments-totals = What it comes to
payments-movements = Movements
payments-taken = Taken
payments-returned = Gone back
payments-left = Left
payments-list = Movement by movement
payments-what = What
payments-amount = Amount
payments-older = Older ones
payments-none = No money has moved
payments-none-line = Nothing fits what you chose. With the first payment it stands here.
payments-away-line = Nothing is lost: payments go on. Load this page again in a minute.
# Not booked yet, or never.
payments-open-asked = { $count ->
    [one] 1 refund waits for the door:
   *[other] { $count } refunds wait for the door:
}
payments-open-pending = { $count ->
    [one] 1 refund is on its way:
   *[other] { $count } refunds are on their way:
}
payments-open-failed = { $count ->
    [one] 1 refund failed and needs a person:
   *[other] { $count } refunds failed and need a person:
}
payments-open-withdrawn = { $count ->
    [one] 1 refund was withdrawn:
   *[other] { $count } refunds were withdrawn:
}
payments-credits = { $count ->
    [one] 1 credit can still be spent:
   *[other] { $count } credits can still be spent:
}
payments-credits-lapsed = { $amount } lapsed unspent
payments-kind-credit-sale = Paid with credit
