# Emails.
email-hello = Hello { $name },
email-footer = This email carries tickets or news about an order of yours. The code on a ticket is the ticket: share it only with whom you want to let in.
email-contact = Questions? Answer this email, or write to { $address }.
email-reference = Order { $reference }
email-ticket = Ticket
email-code-alt = Code of ticket { $number }. If you can’t see it, open your order with the button below.
email-code-moves = Open your ticket page at the door: the code moves.
email-order-paid-moving = { $count ->
    [one] here is your ticket. Open its page at the door: it shows a code that moves.
   *[other] here are your { $count } tickets. Open their page at the door: it shows codes that move, one for each person.
}
email-line-tickets = { $count } × { $label }
email-line-fee = Service fee, { $label }
email-line-discount = Code { $label }
email-line-tax = Tax, { $label }
email-order-paid-subject = { $count ->
    [one] Your ticket: { $event }
   *[other] Your { $count } tickets: { $event }
}
email-order-paid-preview = Show the code at the door. One code lets one person in.
email-order-paid-line = { $count ->
    [one] here is your ticket. Show the code at the door, on your phone or printed.
   *[other] here are your { $count } tickets. Each code lets one person in, so send everyone theirs.
}
email-order-button = Open my order
email-order-keep = Your order’s page always has the codes, also when this email is lost. Its link is personal.
email-order-text = Your codes are on your order’s page (the link is personal):
email-order-refunded-subject = { $amount } on its way back: { $event }
email-order-handed-subject = { $amount } handed back: { $event }
email-refund-amount = We are sending back
email-order-otherwise-subject = { $amount } paid back to you: { $event }
email-refund-amount-otherwise = Paid back to you
email-refund-when-cash = You got it in cash from the club. Did you not? Tell the club, with your order’s reference.
email-refund-when-transfer = It comes by bank transfer from the club’s account, and is usually there within 1 to 3 working days. Does it not arrive? Tell the club, with your order’s reference.
email-refund-reason-otherwise = your money could not go back the way you paid: your bank did not take it. So the club has paid it to you itself.
email-refund-amount-venue = Handed back to you
email-refund-when = It goes to the card or account you paid with. Your bank usually shows it within 5 to 10 days.
email-refund-when-venue = You paid at the venue, so you got it back there. Something wrong with it? Tell the club, with your order’s reference.
email-refund-due = Waits for you at the venue
email-refund-due-how = You paid there, so the club hands it back there. Come by when we are open, and bring your order’s reference.
email-refund-tickets = { $count ->
    [one] The ticket it was for no longer lets anyone in.
   *[other] The { $count } tickets it was for no longer let anyone in.
}
email-refund-waitlist = You can wait for places: we write to you as soon as some come free, and hold them for you.
email-refund-waitlist-button = Join the waitlist
email-refund-instead = Other tickets, or other nights, may still be there: our page shows what there is now.
email-refund-instead-button = See tickets
email-refund-reason-late = your payment arrived after your places had gone to other guests. We are sorry; you pay nothing.
email-refund-reason-late-exchange = your payment arrived when your ticket could not be exchanged any more. Your order’s page shows how your ticket stands now; the exchange costs you nothing.
email-refund-reason-second = your order was paid twice. One payment was enough, so the other one comes back. Your tickets stay as they are.
email-refund-reason-amount = the amount we received did not match your order, so we are returning it.
email-refund-reason-off-sale = the night was no longer on sale when your payment arrived. You pay nothing.
email-refund-reason-club = the club is giving you money back.
email-refund-reason-guest = here is your money for what you gave back.
email-refund-reason-night = the night is cancelled. We are sorry, and would have loved to see you. You need not do anything.
email-refund-reason-night-venue = the night is cancelled. We are sorry, and would have loved to see you.
email-refund-reason-guest-free = thank you for giving back what you can’t use. It cost nothing, so no money moves.
email-refund-reason-voided = the club has taken tickets back. They cost nothing, so no money moves.
email-order-voided-subject = Tickets taken back: { $event }
email-gone-subject = Your ticket is no longer valid: { $event }
email-gone-returned = the ticket that was passed on to you was given back. It no longer lets anyone in.
email-gone-night = the night is cancelled, and so is the ticket that was passed on to you. We are sorry, and would have loved to see you.
email-gone-shared = the ticket that was bought for you was given back. It no longer lets anyone in.
email-gone-shared-night = the night is cancelled, and so is the ticket that was bought for you. We are sorry, and would have loved to see you.
email-left-passed-on = the ticket that was bought for you is somebody else’s now: its buyer passed it on. The code that you have no longer lets anyone in.
email-left-voided = the club has taken this ticket back. Its code no longer lets anyone in; ask whoever bought it, or the club.
email-left-back-subject = You gave a ticket back: { $event }
email-left-back = you gave this ticket back to who bought it, and they have been told. Your code for it no longer lets anyone in.
email-gone-money = If money goes back for it, it goes to whoever bought it.
email-order-cancelled-subject = Cancelled: { $event }
email-found-subject = Your tickets for coming nights
email-found-title = Your tickets
email-found-preview = The links to your tickets for coming nights.
email-found-line = You asked for your tickets. These belong to this address:
email-found-tickets = { $count ->
    [one] 1 ticket
   *[other] { $count } tickets
}
email-found-button = Open the tickets
email-found-not-you = You didn’t ask for this? Then somebody typed your address; they saw nothing, and you need do nothing. The links are personal.
email-transferred-subject = { $from } passed a ticket on to you: { $event }
email-transferred-line = { $from } passed a ticket on to you. It is yours now: show this code at the door, on your phone or printed.
email-transferred-button = Open my ticket
email-transferred-keep = Your ticket’s own page always has the code, also when this email is lost. Its link is personal.
email-new-date-subject = New date: { $event } · { $date }
email-new-date-line = “{ $event }” does not take place on { $from }. It has a new date, and your tickets stay good for it.
email-new-date-when = The new date
email-new-date-good = You need do nothing: the same codes let you in.
email-new-date-button = Open my tickets
email-new-date-money-title = The new date doesn’t suit you?
email-new-date-money = Then you can have your money back. Answer this email and name your order.
email-new-date-money-to = Then you can have your money back. Answer this email, or write to { $address }, and name your order.
email-new-date-given = What somebody else bought for you is theirs to give back: tell them if you can’t come.
email-new-date-free = Then answer this email: somebody else will be glad of your place.
email-handed-back-subject = { $from } gave a ticket back to you: { $event }
email-handed-back-line = { $from } can’t use the ticket that you passed on, and gave it back. It is yours again, with a new code: come with it, pass it on to somebody else, or give it back on your order’s page if the night allows it.
email-handed-back-button = Open my order
email-handed-back-keep = Your order’s page always has the code, also when this email is lost. Its link is personal.
email-shared-subject = { $from } has a ticket for you: { $event }
email-shared-line = { $from } bought a ticket for you. Show this code at the door, on your phone or printed. It stays in { $from }’s order, and has your name on it.
email-sale-opened-subject = Now on sale: { $event }
email-sale-opened-line = Tickets for this night are on sale now.
email-sale-opened-button = See the tickets
email-sale-opened-why = You asked us to tell you when the sale begins. No other email about it follows.
email-presale-subject = You are first: { $event }
email-presale-line = The presale for this night is open, and you may buy before everybody else. The link carries your own code:
email-presale-once = It is good for one order, until the sale begins for everybody.
email-presale-why = You asked us to tell you when the sale begins. We write once more when it does.
email-sale-opened-stop = No more reminders to this address
email-waitlist-joined-subject = You’re in line: { $event }
email-waitlist-joined-line = you’re in line for { $count } × { $type }. When tickets come free for you, we write to you and hold them while you decide.
email-waitlist-joined-button = See my place in line
email-waitlist-joined-leave = You can leave the line on the same page. The link is personal.
email-waitlist-offered-subject = It’s your turn: { $event }
email-waitlist-offered-line = tickets have come free, and it’s your turn: { $count } × { $type }.
email-waitlist-offered-until = Held for you until
email-waitlist-offered-after = After that they go to the next in line. Nothing is charged until you confirm.
email-waitlist-offered-button = Claim my tickets
email-waitlist-offered-leave = Don’t want them any more? Say so on the same page, and the next in line is asked right away. The link is personal.
email-line-credit = Credit { $label }
email-credit-subject = { $amount } credit: { $event }
email-credit = Your credit with the club
email-credit-how = Enter this code when you buy, in the field “Code or credit”. It pays for any night, in parts or at once, until { $until }. Whoever has the code can spend it.
email-credit-back = It is back on the credit that you had paid with. The code is the one you have.
email-refund-reason-credit = as agreed, the club gives you a credit instead of money.

# Test mode
email-test = Nothing in this email is real: no card was charged, and no ticket in it opens the door.
