# The owner's desk.
admin-nav-figures = Tonight
admin-nav-events = Nights
admin-nav-orders = Orders
admin-nav-promos = Codes
admin-nav-emails = Emails
admin-nav-dead-letters = Stuck
admin-role-owner = Owner
admin-role-manager = Manager
admin-role-door-staff = Door
admin-role-box-office = Box office
admin-role-door-supervisor = Door supervisor
admin-role-vip-host = VIP host
admin-role-promoter = Promoter
admin-role-marketing = Marketing
admin-role-accountant = Accountant

# The three services, as the club calls them.
admin-service-marketing-admin = The desk
admin-service-purchase = The ticket site
admin-service-scanner = The door

admin-sign-in-title = The desk
admin-sign-in-line = For the people who run the club.
admin-sign-in-refused = Email and password don’t match. Nobody was signed in. Check both and try again, or ask the owner for a new password.
admin-sign-in-too-often = Too many tries for this account. Nobody was signed in. Wait five minutes, then try again.

admin-live-none = Reload to see new figures
admin-live-on = Live
admin-live-off = Connection lost, trying again
admin-figures-title = Tonight and ahead
admin-figures-inside = Inside now
admin-figures-sold = Tickets sold
admin-figures-revenue = Revenue
admin-figures-revenue-note = refunds and disputes taken off, fees included
admin-figures-admitted = Let in
admin-figures-refused = Refused
admin-figures-of = { $count } of { $of }
admin-figures-open = Doors open
admin-figures-nights = Night by night
admin-figures-none = No night on sale
admin-figures-none-line = Make a night and publish it. Its figures appear here with the first sale.
admin-figures-sales = Sold per day, two weeks
admin-figures-sales-none = Nothing sold in two weeks.
admin-figures-arrivals = Arrivals per quarter of an hour, six hours
admin-figures-arrivals-none = Nobody has come in yet.
admin-figures-today = today
admin-figures-now = now
admin-figures-chart = { $total } in all, at most { $most } ({ $when })

admin-status-draft = Draft
admin-status-published = On sale
admin-status-cancelled = Cancelled
admin-status-archived = Archived
admin-status-over = Over
admin-events-title = Nights
admin-events-night = Night
admin-events-when = Doors
admin-events-status = Status
admin-events-types = Ticket types
admin-events-capacity = Places
admin-events-past = Past
admin-events-none = No coming night
admin-events-none-line = A night begins as a draft that only staff see.

admin-event-new = New night
admin-event-changed = Last changed { $when }
admin-event-saved = Saved. If the night is on sale, guests see it within seconds.
admin-event-published = On sale. The night is on the site now, and on the ticket site within seconds.
admin-event-faults = Not saved yet: some fields need another look.
admin-event-stale = Not saved: somebody else changed this night meanwhile. Open it again in a second tab, compare, and enter your change there.
admin-event-see = See on the site
admin-event-publish = Put on sale
admin-event-night = The night
admin-event-title = Title
admin-event-description = Description
admin-event-description-hint = Plain text. An empty line begins a new paragraph.
admin-event-starts = Doors
admin-event-ends = End
admin-event-more = Entry times and address
admin-event-entry-from = First entry
admin-event-entry-from-hint = Empty: half an hour before doors
admin-event-entry-until = Last entry
admin-event-entry-until-hint = Empty: until the end
admin-event-slug = Web address
admin-event-slug-hint = Empty: made from the title. Fixed once on sale.
admin-event-venue = At { $venue }.
admin-event-money = Currency and fee
admin-event-currency = Currency
admin-event-fee-fixed = Fee per paid ticket
admin-event-fee-fixed-hint = Such as 0.50
admin-event-fee-percent = Fee in per cent
admin-event-fee-percent-hint = Such as 2.5
admin-event-zones = Zones
admin-event-zones-hint = Places to which tickets give entry. Most nights need one.
admin-event-zone-name = Name of the zone
admin-event-add-zone = Add a zone
admin-event-types = Ticket types
admin-event-add-type = Add a ticket type
admin-event-draft-note = Save keeps this as a draft. Only staff see it until you put it on sale.
admin-event-live-note = This night is on sale. What you save is on the sites within seconds.
admin-type-name = Name
admin-type-name-hint = As guests read it, such as Early entry
admin-type-price = Price
admin-type-price-hint = 0 is free. The fee comes on top.
admin-capacity-look = Not saved yet: you lower the places of a night on sale. What that means is at the end of the form.
admin-capacity-not-saved = Not saved yet. Is this what you want?
admin-capacity-below = “{ $name }”: { $taken } are sold or held ({ $sold } sold, { $held } held), and you enter { $capacity }. Nothing more of it is sold until enough are given back or run out; nobody loses a ticket.
admin-capacity-away = The ticket site doesn’t answer, so nobody can say how many are sold or held. Where it is more than you enter, nothing more is sold until enough are given back or run out; nobody loses a ticket.
admin-capacity-confirm = Save all the same
admin-type-capacity = Places
admin-type-capacity-hint = How many can be sold
admin-type-more = More
admin-type-description = What it includes
admin-type-description-hint = One line under the name
admin-type-min = Fewest per order
admin-type-min-hint = Usually 1
admin-type-max = Most per order
admin-type-max-hint = Usually 10
admin-type-sale-from = On sale from
admin-type-sale-from-hint = Empty: as soon as the night is on sale
admin-type-sale-until = On sale until
admin-type-sale-until-hint = Empty: until the night ends
admin-type-zone = Zone
admin-type-zone-hint = Where it gives entry: one of the zones above
admin-type-zone-first = The first; for an extra, its own
admin-type-attention = Note for the door
admin-type-attention-hint = Stands large at the door with each such ticket, such as Check ID or VIP lane
admin-type-remove = Take this type off sale (tickets already sold stay good)

admin-publish-title = Put this night on sale?
admin-publish-line = Guests can buy at once. The web address and the currency can no longer be changed; everything else can.
admin-publish-address = It will be at { $address }
admin-publish-do = Put on sale

admin-fault-required = This is needed.
admin-fault-too-long = This is too long.
admin-fault-out-of-range = This number is out of the possible range.
admin-fault-invalid-time-range = The end has to come after the beginning, within four days, and sales end with the night.
admin-fault-after-doors = This has to end before the doors open.
admin-fault-outside-doors = This has to be between first entry and last entry of the night.
admin-fault-before-from = Entry has to end after it begins.
admin-fault-unknown = There is no such thing here. Check the spelling.
admin-fault-duplicate = Another one has this name already.
admin-fault-currency-mismatch = All prices need the night’s currency.
admin-fault-invalid = This can’t be read. Check how it is written.
admin-fault-fixed = This can’t change once the night is on sale.
admin-fault-new-date = Guests hold tickets for this date: give the night a new date instead.
admin-fault-in-use = Tickets may be out for a zone that is missing here. It has to stay.
admin-fault-no-entry = A night needs at least one ticket type that is an entry.
admin-fault-too-many-tickets = One order holds 100 tickets at most, and this times the tickets of each purchase is more.
admin-fault-below-charge = A card is charged no less than 0.50 (euros, dollars), 0.30 (pounds) or 10.00 (pesos). Zero makes it free.
admin-fault-entry-zone = An extra needs a zone that no entry opens: the door lets in whoever may go there. Left empty, it gets one of its own.
admin-fault-with-tiers = Early prices and a price that guests name exclude each other.
admin-fault-options = 2 to 20 lines of up to 80 characters in each language, for “one of several” alone.
admin-fault-taken = Another night has this address.

admin-emails-title = Emails
admin-emails-all = All
admin-emails-state-waiting = Waiting
admin-emails-state-sent = Sent
admin-emails-state-dead = Not delivered
admin-emails-state-withheld = Not sent: test mode
admin-emails-template-order-paid = Tickets
admin-emails-template-order-refunded = Refund
admin-emails-template-tickets-found = Tickets found
admin-emails-template-ticket-transferred = Ticket passed on
admin-emails-template-new-date = New date
admin-emails-template-ticket-shared = Ticket shared
admin-emails-template-sale-opened = Sale opened
admin-emails-template-ticket-gone = Ticket no longer valid
admin-emails-template-ticket-handed-back = Ticket given back to its buyer
admin-emails-template-ticket-left = Ticket no longer theirs
admin-emails-template-table-changed = Table changed
admin-emails-template-table-cancelled = Table cancelled
admin-emails-template-table-approved = Table approved
admin-emails-template-table-declined = Table declined
admin-emails-template-table-lapsed = Table not paid in time
admin-emails-template-table-released = Table given away
admin-emails-template-table-freed = Table came free
admin-emails-template-table-reminder = Table reminder
admin-emails-search = Address or order
admin-emails-none = No email here
admin-emails-none-line = Emails appear as soon as an order is paid. Try another state or search.
admin-emails-attempts = { $count ->
    [0] not tried yet
    [one] 1 try
   *[other] { $count } tries
}
admin-emails-copy = copy { $number }
admin-emails-again = Send again
admin-emails-now = Try now
admin-emails-sending = Sending
admin-emails-done-sent = A copy is on its way.
admin-emails-done-waiting = It is next in line.

admin-dead-letters-title = Stuck messages
admin-dead-letters-line = News between the ticket site, the door and this desk that could not be handled. Until it is, a sale, refund or ticket change may be missing at the door or in these figures. When the cause is mended, have it handled again.
admin-dead-letters-none = Nothing is stuck
admin-dead-letters-none-line = Every sale, refund and scan has been counted.
admin-dead-letters-dead = Stuck
admin-dead-letters-asked = Being tried
admin-dead-letters-replay = Handle again
admin-dead-letters-replay-all = Handle all { $count } again: { $service }
admin-dead-letters-done = { $count ->
    [one] It is being handled again. If it fails, it comes back here with the reason.
   *[other] { $count } are being handled again. Those that fail come back here with the reason.
}
admin-dead-letters-gone = That message was not stuck any more. Nothing was done.
admin-dead-letters-away = { $service } can’t be asked right now, so what is stuck there is missing here. It is kept there. Reload in a minute.
admin-dead-letters-not-asked = { $service } can’t be asked right now. Nothing was handled again. Wait a minute, then try once more.
admin-dead-letters-none-known = Nothing is stuck in what could be asked
admin-dead-letters-none-known-line = The rest is not known until it answers again.

# What a message tells of.
admin-subject-order-paid = A sale
admin-subject-order-refunded = A refund
admin-subject-order-disputed = A dispute
admin-subject-order-mail-asked = A mail that a guest asked for
admin-subject-ticket-changed = A change of a ticket
admin-subject-ticket-scanned = A scan at the door
admin-subject-door-changed = How a night's door stands
admin-subject-reservation-changed = A change of a table reservation
admin-subject-waitlist-changed = A change of the waitlist
admin-subject-event-changed = A change of a night
admin-subject-floorplan-changed = A change of a night’s floor plan
admin-subject-reservation-checked-in = A table’s party at the door
admin-subject-account-changed = A change of an account
admin-subject-promo-changed = A change of a code
admin-technical-reason = Technical reason

admin-overdue-title = Needs a person
admin-overdue-line = What should have settled itself by now and has not. Nothing here is lost.
admin-overdue-asked = As of { $time }.
admin-overdue-none = Nothing needs you right now
admin-overdue-none-line = Orders, refunds, Stripe’s news, messages and emails are where they should be.
admin-overdue-none-known = Nothing known needs you right now
admin-overdue-none-known-line = Whoever answered has nothing. The rest is not known until it answers again.
admin-overdue-count = { $count ->
    [one] 1 matter needs a person
   *[other] { $count } matters need a person
}
admin-overdue-see = What to do
admin-overdue-away = { $service } can’t be asked right now, so what waits there is not known. Reload in a minute. If it stays that way, tell whoever runs the servers.
admin-overdue-away-short = { $service } can’t be asked right now: what waits there is not known.
admin-overdue-stuck = Act
admin-overdue-late = Late
admin-overdue-since = { $count ->
    [one] since { $when }
   *[other] the oldest since { $when }
}
admin-overdue-more = and { $count } more
admin-overdue-runbook = For whoever runs the servers: runbook { $name }
admin-overdue-refunds-failed = { $count ->
    [one] 1 refund failed
   *[other] { $count } refunds failed
}
admin-overdue-refunds-failed-do = The guest is still owed this money. Find the payment in Stripe’s dashboard and see why it failed. Then have the refund made again by whoever runs the servers, or pay the guest another way and say so on the order’s page (Settled otherwise).
admin-overdue-disputes = { $count ->
    [one] 1 dispute to answer
   *[other] { $count } disputes to answer
}
admin-overdue-disputes-do = A guest’s bank takes the money back, or asks about it. Open the evidence, answer at Stripe before the deadline, or let it go; the money is lost if nobody answers.
admin-overdue-quarantine = { $count ->
    [one] 1 payment to look at
   *[other] { $count } payments to look at
}
admin-overdue-quarantine-do = Money that fits no order, or a refund made at Stripe of more than was left. Look it up in Stripe’s dashboard, give the money back there if it is owed, and have whoever runs the servers note what was done, or book the refund in the place of those that failed.
admin-overdue-webhooks-waiting = { $count ->
    [one] 1 piece of news from Stripe waits
   *[other] { $count } pieces of news from Stripe wait
}
admin-overdue-webhooks-waiting-do = Guests who have paid may still wait for their tickets. It is tried again by itself. If the number grows, Stripe is away: see status.stripe.com, and tell guests at the door that their payment is safe.
admin-overdue-orders-past-hold = { $count ->
    [one] 1 order is past its hold
   *[other] { $count } orders are past their hold
}
admin-overdue-orders-past-hold-do = The places stay kept until Stripe says whether they were paid for, so nobody else can buy them yet. Change nothing by hand. If Stripe is up, have whoever runs the servers look at the ticket site.
admin-overdue-attempts-unknown = { $count ->
    [one] 1 payment page is in doubt
   *[other] { $count } payment pages are in doubt
}
admin-overdue-attempts-unknown-do = Stripe has not said whether it opened the page. It is asked again by itself, and nobody is charged twice. If this stays, Stripe is away or refuses our key.
admin-overdue-guests-leaving = { $count ->
    [one] 1 guest list entry waits for the door
   *[other] { $count } guest list entries wait for the door
}
admin-overdue-guests-leaving-do = Their places come free as soon as the door says who is inside. Change nothing by hand: have whoever runs the servers look at the door’s service.
admin-overdue-refunds-pending = { $count ->
    [one] 1 refund takes long
   *[other] { $count } refunds take long
}
admin-overdue-refunds-pending-do = The door has not said yet who is inside, or Stripe has not confirmed it; the order’s page says which. Both are asked again by themselves. A guest who asks: the money is not lost, and will be there a few days after Stripe confirms.
admin-overdue-outbox-unsent = { $count ->
    [one] 1 message is not sent yet
   *[other] { $count } messages are not sent yet
}
admin-overdue-outbox-unsent-do = What happened here is not known elsewhere yet: tickets at the door, sales in these figures. It is sent by itself as soon as the line between the services is back. If it stays, tell whoever runs the servers.
admin-overdue-dead-letters = { $count ->
    [one] 1 message is stuck
   *[other] { $count } messages are stuck
}
admin-overdue-dead-letters-do = Until it is handled, a sale, refund or ticket change may be missing at the door or in these figures. Read why; when the cause is mended, have it handled again.
admin-overdue-emails-dead = { $count ->
    [one] 1 email was not delivered
   *[other] { $count } emails were not delivered
}
admin-overdue-emails-dead-do = Check the address with the guest, then send it again. The order page shows the same tickets.
admin-overdue-emails-waiting = { $count ->
    [one] 1 email is late
   *[other] { $count } emails are late
}
admin-overdue-emails-waiting-do = Resend does not take them at the moment; they are tried again by themselves. A guest at the door without mail: the order page has the same codes.
admin-overdue-unknown = { $count ->
    [one] 1 matter that this desk does not know
   *[other] { $count } matters that this desk does not know
}
admin-overdue-unknown-do = The service is newer than this desk. Ask whoever runs the servers what it means.
admin-waitlist-title = Waitlist
admin-waitlist-away = The ticket site isn’t answering, so the waitlist can’t be shown right now.
admin-waitlist-waiting = { $count ->
    [0] nobody waits
    [one] 1 guest waits ({ $tickets } tickets)
   *[other] { $count } guests wait ({ $tickets } tickets)
}
admin-waitlist-offers = { $count ->
    [0] no open offer
    [one] 1 open offer
   *[other] { $count } open offers
}
admin-waitlist-claimed = { $count ->
    [0] none claimed yet
    [one] 1 claimed
   *[other] { $count } claimed
}
admin-emails-template-waitlist-joined = In line
admin-emails-template-waitlist-offered = Offer from the waitlist
admin-overdue-cancellations-open = { $count ->
    [one] A night called off has not given all money back
   *[other] { $count } nights called off have not given all money back
}
admin-overdue-cancellations-open-do = It goes on by itself, order by order. The night’s page says how far it is: see there whether refunds wait or failed. If nothing moves, have whoever runs the servers look at the ticket site.
admin-overdue-new-dates-untold = { $count ->
    [one] Guests have not been told of a night’s new date
   *[other] Guests have not been told of { $count } new dates
}
admin-overdue-new-dates-untold-do = Their tickets are good and the night’s page has the date; the email is what is missing. It is tried again by itself. If it stays, have whoever runs the servers look, and write to the guests yourself meanwhile.
admin-overdue-offers-past-time = { $count ->
    [one] An offer from the waitlist is past its time
   *[other] { $count } offers from the waitlist are past their time
}
admin-overdue-offers-past-time-do = The places they hold should have gone to the next in line by themselves. Change nothing by hand: have whoever runs the servers look at the ticket site.
