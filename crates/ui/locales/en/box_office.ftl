# What staff sell at the venue and give away.
box_office-order-lead = Your tickets are below. Show one code per person at the door, and keep this page’s address: nothing is sent by email.
box_office-nav = Box office
box_office-title = Box office
box_office-night = Night
box_office-choose = Show this night
box_office-none = No night is on sale
box_office-none-line = Put a night on sale, then its tickets can be sold here too.
box_office-how-many = How many: { $name }
box_office-name-hint = As it should stand on the tickets. It may stay empty.
box_office-email-hint = The tickets go there. It may stay empty: then show the code below after the sale.
box_office-price-hint = Fees that come on top are added to what you take.
box_office-total-away = The total can’t be said now. It’s shown after the sale.
box_office-guest = Guest
box_office-sell-cash = Sell for cash
box_office-sell-card = Sell by card
box_office-give-summary = Give them away
box_office-reason = Reason
box_office-reason-hint = For the record, together with your name.
box_office-give = Give away
box_office-done = { $count ->
    [one] 1 ticket issued
   *[other] { $count } tickets issued
}
box_office-take-cash-at-venue = Take { $total } in cash.
box_office-take-card-at-venue = Take { $total } by card.
box_office-take-comp = Nothing to pay.
box_office-order = Open order { $reference }
box_office-scan = The guest scans this with their phone and has the tickets.
box_office-qr-alt = QR code of the order’s page
box_office-fault-invalid-name = Up to 100 characters, without links or hidden ones.
box_office-fault-invalid-email = Check it: name@example.com
box_office-fault-required = Say why.
box_office-fault-too-long = Shorter, please.
box_office-problem-away = The ticket site isn’t answering. Press the same button again: it sells once, however often you ask.
box_office-problem-sold-out = Not that many are left. Guests in line come first.
box_office-problem-house-full = The house is full. Nothing was sold: the guest would pay and wait. One out, one in.
box_office-sell-on = Sell all the same, because
box_office-sell-on-hint = For the record, together with your name. The door still lets nobody in before somebody leaves.
box_office-problem-not-on-sale = This can’t be sold any more.
box_office-problem-quantity = Choose how many, up to 100 of a kind.
box_office-problem-fields = Nothing was sold yet. Look at what is marked.
box_office-channels = How they were paid
box_office-channel-online = Online
box_office-channel-cash-at-venue = Cash at the venue
box_office-channel-card-at-venue = Card at the venue
box_office-channel-comp = Given away
