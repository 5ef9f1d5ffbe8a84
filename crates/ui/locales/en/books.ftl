# The books against Stripe.
books-link = Books and Stripe
books-title = Books and Stripe
books-line = What our books say Stripe holds, and what Stripe says, to the cent. Compared every five minutes.
books-looked = Last compared { $when }.
books-adopted = { $count ->
    [one] 1 payment was found that nobody had told us of.
   *[other] { $count } payments were found that nobody had told us of.
}
books-now = Compare now
books-asked = Stripe’s lists are being read. Load this page again in a few seconds.
books-away = The ticket site does not answer. It goes on comparing by itself; try again in a minute.
books-problem = Stripe’s lists could not be read the last time. It is tried again in five minutes; what stands below is from before.
books-none = Nothing was paid yet
books-none-line = With the first payment its night stands here.
books-nights = Night by night
books-ledger = Books
books-equal = Equal
books-differences = Differences
books-foreign = Stripe also holds money that belongs to no order here:
books-why-booked-since = Booked after Stripe was last looked at: the next comparison sees it.
books-why-refund-on-its-way = A refund is on its way.
books-why-quarantined = It waits for a person: see what needs a person.
books-why-settled-otherwise = The club paid a refund of it another way, and Stripe has given money back as well: the guest may have it twice.
books-otherwise = { $amount } of it was paid to guests another way: Stripe keeps it.
books-why-not-at-stripe = Stripe’s lists do not show it. Look the payment up in Stripe’s dashboard.
books-why-not-booked = Stripe holds it and no order was made of it. The next comparison takes it over or says why not.
books-why-unexplained = Nothing here explains it. Look the order up here and in Stripe’s dashboard.
books-late = Late payments
books-late-line = Paid after the places had been let go. Where there was still room, the order stands; else the money goes back at once, and the guest is offered the waitlist.
books-late-kept = Kept: there was room
books-late-returning = On its way back
books-late-returned = Back with the guest
books-late-stuck = Stuck: it needs a person
books-late-settled-otherwise = Paid back by the club
books-late-waits = stands in line
