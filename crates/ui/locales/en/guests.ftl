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
guests-receipt-paid-cash = Paid at the venue, in cash
guests-receipt-paid-card = Paid at the venue, by card
guests-receipt-refund = Refund
guests-history = Payments
guests-history-paid = Paid
guests-history-received = Received, and sent back
guests-history-refunding = On its way back
guests-history-refunded = Sent back
guests-history-handed = Handed back at the venue
guests-history-otherwise-cash = Paid back to you in cash
guests-history-otherwise-transfer = Paid back to you by bank transfer
guests-history-stuck = Could not be sent back yet: the club will write to you

# Mail
guests-mail-again = Send the email again
guests-mail-busy = Asking for the email
guests-mail-sent = The email is on its way
guests-mail-sent-line = It goes to { $email } within a minute. If it isn’t there by then, look in the spam folder.
guests-mail-often = We’ve sent it a few times already
guests-mail-often-line = Give it a while and look in the spam folder. You can ask again in an hour; your tickets are on this page all the same.
guests-find-title = Find my tickets
guests-find-lead = Type the email address you bought with. We send the links to your tickets for coming nights there.
guests-find-hint = The one from your order, or the one a ticket was passed on to.
guests-find-button = Send me my tickets
guests-find-busy = One moment
guests-find-asked = Check your email
guests-find-asked-lead = If there are tickets for coming nights under that address, their links arrive within a minute.
guests-find-nothing = Nothing there?
guests-find-nothing-line = Look in the spam folder, or try another address you may have used. We send at most three of these emails an hour to one address.
guests-find-other = Try another address

# The name on a ticket, and whose it is
guests-rename = Change the name
guests-rename-name = Name on the ticket
guests-rename-button = Save the name
guests-rename-busy = Saving the name
guests-renamed = The name is changed. The door knows it.
guests-pass-on = Pass it on to somebody
guests-pass-on-line = They get a ticket of their own by email. This code then stops working. You can’t take it back; only they can give it back to you.
guests-pass-on-name = Their name
guests-pass-on-email = Their email
guests-pass-on-button = Pass the ticket on
guests-pass-on-busy = Passing it on
guests-passed-on = The ticket is passed on
guests-passed-on-line = Its new holder gets an email with a link of their own. The old code no longer lets anyone in.
guests-passed-on-to = Passed on to { $name } ({ $email })
guests-hand-back = Give it back to who bought it
guests-hand-back-line = If you can’t come: they get the ticket again, with a code of their own, and an email about it. Yours then stops working. If money comes back for it, it goes to them.
guests-hand-back-button = Give the ticket back
guests-hand-back-busy = Giving it back
guests-handed-back = Given back to who bought it
guests-ticket-handed-back = Given back
guests-ticket-handed-back-lead = You gave this ticket back to who bought it. Its code no longer lets anyone in.
guests-your-ticket = Your ticket
guests-your-ticket-lead = It was passed on to you. Show this code at the door; it lets one person in, once.
guests-ticket-passed-on = Passed on
guests-ticket-passed-on-lead = You’ve passed this ticket on. Its code no longer lets anyone in.
guests-ticket-gone = No longer valid
guests-ticket-gone-lead = This ticket lets nobody in any more. Ask whoever passed it on to you, or the club.
guests-ticket-keep-link = This page is yours alone: whoever has its address can use the ticket.

# Every ticket of an order to its guest
guests-group-link = Send each guest their ticket
guests-group-title = Send each guest their ticket
guests-group-lead = Everybody gets an email with a link to their own ticket, with their name on it.
guests-group-how = How
guests-group-share = Share: the tickets stay in your order. You can change names, pass them on, and see their codes.
guests-group-transfer = Pass on: the tickets become theirs. Your codes for them stop working, and you can’t take them back.
guests-group-hint = A ticket without an email address stays with you.
guests-group-button = Send the tickets
guests-group-busy = Sending the tickets
guests-group-back = Back to your order
guests-group-nothing = None of your tickets can be sent any more
guests-group-sent = The tickets are on their way.
guests-group-empty = Enter the address of at least one guest.
guests-group-none = Nothing was sent yet: look at the rows below.
guests-group-some = { $count ->
    [one] One ticket is on its way. The rows that are filled in still need a look.
   *[other] { $count } tickets are on their way. The rows that are filled in still need a look.
}
guests-shared-with = Sent to { $name } ({ $email })
guests-shared-ticket = Your ticket
guests-shared-ticket-lead = It was bought for you. Show this code at the door; it lets one person in, once.

# Remind me when it goes on sale
guests-reminder-title = Tell me when the sale begins
guests-reminder-hint = One email when tickets go on sale, and before that one with a code of your own if the club opens a presale. The address is deleted when the night is over.
guests-reminder-button = Tell me
guests-reminder-asked = Written down
guests-reminder-asked-line = An email goes to that address when the sale begins.
guests-reminder-stop-title = No more reminders?
guests-reminder-stop-lead = We delete this address from all reminders. Tickets you bought are not affected.
guests-reminder-stop-button = Stop the reminders
guests-reminder-stopped = No more reminders
guests-reminder-stopped-lead = This address is deleted from all reminders. You can ask for one again on any night’s page.

# Giving tickets back
guests-return = Give back
guests-return-heading = Can’t come?
guests-return-all = Give all back
guests-return-until = You can give tickets back here until { $until }.
guests-return-late = Until { $until } tickets could be given back here. Ask the club if you can’t come.
guests-return-by-club = These tickets were not paid online, so they are not given back here. Ask the club if you can’t come.
guests-return-exchanged = This ticket was exchanged and paid for in two payments, so it is not given back here. Ask the club if you can’t come.
guests-more-ticket = More with this ticket
guests-more-order = More about this order
guests-exchange = Exchange for another type
guests-exchange-even = no extra charge
guests-exchange-more = { $amount } more
guests-exchange-none = There is nothing to exchange it for at the moment. Your ticket stays as it is.
guests-exchange-how = You pay the difference. As soon as it is paid, the new ticket arrives by email and the old one no longer works. If your old ticket can no longer be exchanged by then, the payment goes back in full.
guests-exchange-button = Exchange
guests-exchange-busy = One moment …
guests-exchange-keep = Keep the ticket
guests-exchange-open = An exchange of this ticket is open already
guests-exchange-open-line = { $amount }, to be paid until { $until }.
guests-exchange-open-how = Go on with it, or let it run out and choose again here. Nothing is charged for it until you confirm, and a ticket is exchanged only once: what is paid beside that goes back in full.
guests-exchange-open-go = Go on with this exchange
guests-exchange-open-back = Back to my order
guests-exchange-until = You can exchange tickets here until { $until }.
guests-exchanged = Exchanged for another ticket, which came by email
guests-exchange-was-even = You exchanged a ticket for this one. They cost the same, so nothing was charged and nothing goes back.
guests-exchange-late = The ticket could no longer be exchanged when the payment arrived, so the payment goes back in full. Your first order’s page says how your ticket stands.
guests-exchange-waits = Until then your old ticket stays good.
guests-return-title = { $count ->
    [one] Give this ticket back?
   *[other] Give these { $count } tickets back?
}
guests-return-lead = { $count ->
    [one] The ticket stops working at once, and its place goes to somebody else. That can’t be undone.
   *[other] The tickets stop working at once, and their places go to somebody else. That can’t be undone.
}
guests-return-total = Comes back
guests-return-kept = The service fee of { $amount } stays with the club.
guests-return-how = It goes to the card you paid with. Your bank usually shows it within 5 to 10 days.
guests-return-how-free = It cost nothing, so no money comes back.
guests-return-button = Give back and get { $amount }
guests-return-button-free = { $count ->
    [one] Give the ticket back
   *[other] Give the tickets back
}
guests-return-busy = Asking the door …
guests-return-keep = { $count ->
    [one] Keep it
   *[other] Keep them
}
guests-return-changed = Something has changed
guests-return-changed-line = Nothing was given back yet. Look at it once more: this is how it stands now.
guests-return-inside = Somebody is inside with this ticket
guests-return-inside-line = Nothing was given back, and no money moves. If you gave back several, the others can still go one by one; else ask the club.
guests-return-asked = You are giving tickets back. As soon as the door says that nobody is inside with them, { $amount } goes back to your card. Nothing is left for you to do.
guests-return-asked-free = You are giving tickets back. They stop working as soon as the door says that nobody is inside with them. Nothing is left for you to do.
guests-return-done-free = Given back. It cost nothing, so no money moves.
guests-return-credit = { $amount } went to club credit. You spend it with the code from our email, on any night.
guests-history-credit = As club credit
guests-receipt-paid-credit = Club credit
guests-history-paid-credit = Paid with club credit
guests-return-how-credit = It goes back to the credit you paid with. The code is the one you have.
guests-return-how-split = { $card } goes to the card you paid with: your bank usually shows it within 5 to 10 days. { $credit } goes back to your credit: the code is the one you have.
guests-return-asked-credit = You are giving tickets back. As soon as the door says that nobody is inside with them, { $credit } goes to your club credit. Nothing is left for you to do.
guests-return-asked-split = You are giving tickets back. As soon as the door says that nobody is inside with them, { $amount } goes back to your card and { $credit } to your club credit. Nothing is left for you to do.
guests-credit-line = Credit: { $left } left, good until { $until }. Its code went to { $email } and stands in that email alone: whoever has it can spend it. If you can’t find the email, ask the club.
guests-inside = Used: the door says that somebody came in with this ticket (as of { $at }). So it can’t be changed or given back. If that’s a mistake, ask at the door.

# A code that moves, on the ticket's page
guests-moving = Open your ticket page at the door: the code moves.
guests-moving-early = The code shows here on the evening itself, from { $time }. Open this page at the door: the code moves.
guests-moving-good = This code moves: a new one every 15 seconds. A picture of it lets nobody in.
guests-moving-out = The code has run out, and there is no connection for the next one. Go where there is a network: it comes back by itself. Or ask at the door, by your name.
guests-moving-over = The night is over: this page has no more codes.
guests-moving-no-script = The code moves, and this browser does not run what draws it. Switch JavaScript on, or open this page in another browser.
