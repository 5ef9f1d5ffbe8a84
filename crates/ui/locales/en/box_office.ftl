# What staff sell at the venue and give away.
box-office-order-lead = Your tickets are below. Show one code per person at the door, and keep this page’s address: nothing is sent by email.
box-office-nav = Box office
box-office-title = Box office
box-office-night = Night
box-office-choose = Show this night
box-office-none = No night is on sale
box-office-none-line = Put a night on sale, then its tickets can be sold here too.
box-office-how-many = How many: { $name }
box-office-name-hint = As it should stand on the tickets. It may stay empty.
box-office-email-hint = The tickets go there. It may stay empty: then show the code below after the sale.
box-office-guest = Guest
box-office-sell-cash = Sell for cash
box-office-sell-card = Sell by card
box-office-give-summary = Give them away
box-office-reason = Reason
box-office-reason-hint = For the record, together with your name.
box-office-give = Give away
box-office-done = { $count ->
    [one] 1 ticket issued
   *[other] { $count } tickets issued
}
box-office-take-cash-at-venue = Take { $total } in cash.
box-office-take-card-at-venue = Take { $total } by card.
box-office-take-comp = Nothing to pay.
box-office-order = Open order { $reference }
box-office-scan = The guest scans this with their phone and has the tickets.
box-office-qr-alt = QR code of the order’s page
box-office-fault-invalid-name = Up to 100 characters.
box-office-fault-invalid-email = Check it: name@example.com
box-office-fault-required = Say why.
box-office-fault-too-long = Shorter, please.
box-office-problem-away = The ticket site isn’t answering. Press the same button again: it sells once, however often you ask.
box-office-problem-sold-out = Not that many are left. What guests in line wait for is theirs first.
box-office-problem-not-on-sale = This can’t be sold any more.
box-office-problem-quantity = Choose how many, up to 100 of a kind.
box-office-problem-fields = Nothing was sold yet. Look at what is marked.
box-office-channels = How they were paid
box-office-channel-online = Online
box-office-channel-cash-at-venue = Cash at the venue
box-office-channel-card-at-venue = Card at the venue
box-office-channel-comp = Given away
