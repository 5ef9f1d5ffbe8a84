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
cancel-keep = Keep the night
cancel-busy = Cancelling …
cancel-progress-link = How the refunds stand
cancel-progress-title = Cancelled: { $title }
cancel-progress-waiting = The ticket site has not heard of it yet. That takes a second or two.
cancel-progress-away = The ticket site does not answer. The work goes on there all the same; look again in a minute.
cancel-progress-done = Everyone has their money back
cancel-progress-done-failed = All is done but what failed. See what needs a person.
cancel-progress-done-venue = All is done but what waits at the venue
cancel-progress-going = Money is going back
cancel-progress-line = This goes on by itself, also if you close this page.
cancel-progress-orders = Orders cancelled
cancel-progress-money = Money sent back by Stripe
cancel-progress-holds = { $count ->
    [one] 1 payment page is still being closed.
   *[other] { $count } payment pages are still being closed.
}
cancel-progress-failed = { $count ->
    [one] 1 refund failed
   *[other] { $count } refunds failed
}
cancel-progress-at-venue = { $count ->
    [one] 1 order was paid at the venue: { $amount } waits there.
   *[other] { $count } orders were paid at the venue: { $amount } waits there.
} Their tickets are void. Hand the money back when a guest comes for it, and say so on the order’s page.
cancel-progress-of = { $done } of { $all }
