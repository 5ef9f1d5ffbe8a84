# What every site says. Errors have three parts: what happened, .meaning for the guest or the money, .next to do now.

shared-club = Maguey
shared-skip = Skip to content
shared-nav = Main
shared-footer-nav = Our sites
shared-footer-line = Tickets are only sold here. A ticket admits once.
shared-other-language = Español
shared-sign-in = Sign in
shared-sign-out = Sign out
shared-nights = Nights
shared-tickets-site = Tickets
shared-find-tickets = Find my tickets
shared-for-staff = Staff
shared-write-to-us = Write to us
shared-desk = Desk
shared-door = Door
shared-see-nights = See the nights
shared-try-again = Try again
shared-back-to-door = Back to the door
shared-back-to-desk = Back to the desk
shared-buy = Buy
shared-total = Total
shared-incl-fee = incl. fee
shared-free = Free
shared-sold-out = Sold out
shared-email = Email
shared-name = Name
shared-password = Password
shared-save = Save
shared-cancel = Cancel
shared-one-less = One less: { $name }
shared-one-more = One more: { $name }
shared-working = One moment
shared-saving = Saving
shared-signing-in = Signing you in
shared-tickets = { $count ->
    [one] { $count } ticket
   *[other] { $count } tickets
}

# Dates. Days count from Monday = 1.
shared-weekday = { $day ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
shared-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
shared-date = { $weekday } { $day } { $month } { $year }
shared-zone = { $city } time
shared-night = { $weekday } night, doors { $doors }, until { $end-weekday } { $until }
shared-night-after-midnight = { $weekday } night, doors { $doors } (already { $start-weekday }), until { $until }
shared-night-short = { $weekday } night, doors { $doors }, until { $until }
shared-night-days = From { $weekday } night, doors { $doors }, until { $end-weekday } { $until }
shared-day = { $weekday }, doors { $doors }, until { $until }

# Beside an error's reference
shared-reference-for-staff = For whoever runs the servers:
shared-reference-write-to = Write to
shared-reference-name-it = Name this reference:

# Errors
shared-error-reference = If you write to us, name this reference:
shared-error-not-found = This page is not here.
    .meaning = It may have moved, or the address was cut short on its way to you. Tickets you bought are not affected.
    .next = See the coming nights, or open the link from your email again.
shared-error-order-not-found = We can’t open this order.
    .meaning = The link has to carry the order’s own key, and this one doesn’t match. Your tickets and your money are safe.
    .next = Open the link in your ticket email once more, in full.
shared-error-sold-out = These tickets have just gone.
    .meaning = Somebody was quicker. Nothing was charged.
    .next = Pick another ticket type or another night. Holds that run out come back on sale within minutes.
shared-error-only-left = Only { $left } left.
    .meaning = You asked for more than there are. Nothing was charged.
    .next = Choose fewer, or look again in some minutes: holds that run out come back.
shared-error-not-on-sale = These tickets are not on sale.
    .meaning = The club has taken them off sale for now. Nothing was charged.
    .next = Pick another ticket type, or see the other nights.
shared-error-sale-not-open = The sale hasn’t opened yet.
    .meaning = You are early. Nothing was charged.
    .next = Come back at the time shown on the night’s page.
shared-error-sale-closed = The sale for this night has closed.
    .meaning = Online tickets are no longer available. Nothing was charged.
    .next = Ask at the door, or see the coming nights.
shared-error-invalid-quantity = Choose how many tickets you want.
    .meaning = The number has to be a whole one, and at least one ticket in all. Nothing was charged.
    .next = Set the number beside the ticket, then buy.
shared-error-limit-exceeded = That is more than one order may hold.
    .meaning = The night’s page shows the limit for each ticket type. Nothing was charged.
    .next = Choose fewer tickets, or place a second order.
shared-error-type-limit = One order can hold { $most } of these tickets.
    .meaning = You asked for more. Nothing was charged.
    .next = Choose fewer, and place a second order for the others.
shared-error-below-minimum = At least { $fewest } per order.
    .meaning = The club sells these tickets from { $fewest } up. Nothing was charged.
    .next = Choose { $fewest } or more, or another ticket type.
shared-error-order-too-large = This order is too large to be paid in one go.
    .meaning = The sum is above what the payment service takes. Nothing was charged.
    .next = Choose fewer tickets, and place a second order for the others.
shared-error-unknown-ticket-type = One of these tickets doesn’t belong to this night.
    .meaning = The page may have been open since before a change. Nothing was charged.
    .next = Open the night’s page afresh and choose again.
shared-error-promo-invalid = This code doesn’t work here.
    .meaning = It may have run out, or belong to another night. Nothing was charged, and the price is the one without the code.
    .next = Check the spelling, or go on without it.
shared-error-csrf-rejected = We stopped this request, because it didn’t come from our own page.
    .meaning = Nothing was changed and nothing was charged.
    .next = Open the page again and send it from there.
shared-error-forbidden = This room isn’t yours to open.
    .meaning = You are signed in, but your role doesn’t include this.
    .next = Ask the owner or a manager to add it to your role.
shared-error-session-ended = You’ve been signed out.
    .meaning = Sessions end after a night’s work. What you saved is kept.
    .next = Sign in again and carry on.
shared-error-payload-too-large = That was more than we can take at once.
    .meaning = Nothing was saved.
    .next = Send less text or a smaller file.
shared-error-unavailable = We can’t reach our own books right now.
    .meaning = It’s us, not you. If you were paying, you are charged once or not at all, and paid tickets always arrive by email.
    .next = Try again in a minute.
shared-error-payment-unavailable = The payment service isn’t answering.
    .meaning = Your tickets are held for you for a few minutes. Nothing was charged.
    .next = Try to pay again from your order’s page.
shared-error-internal = Something broke on our side.
    .meaning = The team has been told. If you were paying, you are charged once or not at all, and paid tickets always arrive by email.
    .next = Try again. If it stays like this, write to us.
shared-error-method-not-allowed = This address can’t be used that way.
    .meaning = Nothing was changed and nothing was charged.
    .next = Go back to the page you came from and use its buttons.
shared-error-rate-limited = That was a lot at once.
    .meaning = To keep the line fair we’ve paused your requests for a moment. What you hold stays held.
    .next = Wait a minute, then try again.
shared-error-request = We couldn’t read that request.
    .meaning = Nothing was changed and nothing was charged.
    .next = Go back, check what you entered and send it again.
shared-error-invalid-email = This email address isn’t complete.
    .meaning = Your tickets go there, so it has to be right.
    .next = Check it: name@example.com
shared-error-invalid-name = We need a name for the ticket: up to 100 letters, without links or hidden characters.
    .meaning = The door may ask for it.
    .next = Enter a name of up to 100 characters.
shared-error-required = This is still empty.
    .meaning = We can’t go on without it.
    .next = Fill it in and send the form again.

shared-error-guest-limit = One guest can have { $most } of these tickets.
    .meaning = { $has ->
        [0] You asked for more. Nothing was charged.
       *[other] You already have { $has }, counting orders that wait for payment. Nothing was charged.
    }
    .next = { $has ->
        [0] Choose fewer.
       *[other] Choose fewer. If an order of yours waits for payment, its link leads back to it.
    }
shared-error-amount-out-of-range = This price is outside what the club takes.
    .meaning = You name the price of these tickets yourself, within the range beside them. Nothing was charged.
    .next = Enter an amount within it, or leave the field empty for what the club suggests.
shared-error-amount-not-accepted = The price of these tickets is fixed.
    .meaning = The page may have been open since before a change. Nothing was charged.
    .next = Open the night’s page afresh and choose again.
shared-error-invalid-amount = We can’t read this amount.
    .meaning = It has to be a sum such as 12 or 12.50. Nothing was charged.
    .next = Correct it, or leave the field empty for what the club suggests.
shared-error-order-too-small = That is less than a card can be charged.
    .meaning = What is left to pay is below the smallest card payment. Nothing was charged.
    .next = Add a ticket, or leave the code out.
shared-error-access-code-used = Your code was used.
    .meaning = A code of the presale is good for one order, and there is one with it already. Nothing was charged.
    .next = Pay for that order from its page, or come back when the sale begins for everybody.
shared-error-too-many-open = Too many tickets are held and not paid.
    .meaning = They wait for you, or for others on the same connection, and nobody may hold many at once. Nothing was charged.
    .next = Pay for what you have chosen already, or try again in a few minutes.
shared-error-network-busy = Many guests came from your network at once.
    .meaning = So that nobody takes what is there for all, only so many go on at a time. Nothing was taken from you and nothing was charged.
    .next = Try again in a minute. On another network, mobile data for instance, you may get through at once.
shared-error-order-limit = One order holds 100 tickets at most.
    .meaning = All types count together, and a group ticket counts each of its places. Nothing was charged.
    .next = Choose fewer tickets, or place a second order.
shared-error-entry-required = Extras come with a ticket.
    .meaning = What you chose is sold together with an entry. Nothing was charged.
    .next = Add a ticket to it.
shared-error-companion-required = These tickets need { $count } × { $name } beside them.
    .meaning = The club sells the two together, in one order. Nothing was charged.
    .next = Add { $count } × { $name } to this order, or choose another ticket type.
shared-error-answer-required = Some questions are still open.
    .meaning = The club needs the answers with the order. Nothing was charged.
    .next = Answer what is marked below, then buy.
shared-error-invalid-answer = One of the answers doesn’t fit its question.
    .meaning = A date of birth lies in the past, and a choice is one of those offered. Nothing was charged.
    .next = Correct what is marked below, then buy.
shared-error-unknown-question = The club has changed its questions.
    .meaning = The page has been open since before. Nothing was charged.
    .next = Open the night’s page afresh and choose again.
shared-error-promo-expired = This code is not good today.
    .meaning = Its time has not come or is over. Nothing was charged.
    .next = Leave it empty to pay the normal price.
shared-error-promo-exhausted = This code has been used up.
    .meaning = It was good for a number of orders, and they are made. Nothing was charged.
    .next = Leave it empty to pay the normal price.
shared-error-promo-not-applicable = This code is not for these tickets.
    .meaning = It is good for other tickets or from a higher amount. Nothing was charged.
    .next = Choose other tickets, or leave it empty to pay the normal price.
shared-error-doors-open = The doors are open.
    .meaning = From then on tickets stay as they are, so that the door and you see the same. Nothing was changed.
    .next = Your code works as it is. If a name is wrong, tell the door.
shared-error-guest-inside = Somebody has come in with this ticket.
    .meaning = They came before the doors were moved to a later time, so the ticket stays as it is. Nothing was changed.
    .next = If that was not you or your friend, write to us with your order’s reference.
shared-error-door-silent = We can’t see yet whether somebody came in with this ticket.
    .meaning = The doors were open before they were moved to a later time, and the door does not answer just now. Nothing was changed.
    .next = Try again in a moment.
shared-error-shared-often = This ticket was mailed a few times already.
    .meaning = Nothing more was sent, so that nobody’s mailbox fills up. The links that went out work.
    .next = Ask them to look in the spam folder, or try again in an hour.
shared-error-codes-too-early = The codes of this ticket are not given out yet.
    .meaning = Its code moves, and is given out on the evening itself. Your ticket is good.
    .next = Open your ticket’s page at the door.
shared-error-codes-over = There are no more codes for this ticket.
    .meaning = Its night is over.
    .next = See the coming nights.
shared-error-code-fixed = The code of this ticket does not move.
    .meaning = It stands on the ticket’s page, and works there as it is.
    .next = Open your ticket’s page.
shared-error-mailed-often = This address was sent many tickets within the hour.
    .meaning = Nothing more was sent, so that nobody’s mailbox fills up. The ticket is as it was.
    .next = Send it in an hour, or to another address.
shared-error-ticket-fixed = This ticket can’t be changed any more.
    .meaning = It was passed on, refunded or taken back, or its night is off. Nothing was changed.
    .next = Open your order’s page again to see how it stands.
shared-error-refund-by-club = These tickets are not given back here.
    .meaning = Only the club gives money back on this night, for what was paid at the venue or given away, and while a bank has the payment. Nothing was changed.
    .next = Ask the club, with your order’s reference.
shared-error-refund-too-late = The time for giving tickets back here is over.
    .meaning = Your tickets are as they were, and no money moves.
    .next = If you can’t come, ask the club, or pass the ticket on to a friend.
shared-error-refund-leaves-extras = Extras don’t stay without a ticket.
    .meaning = What would be left of this order is only good together with an entry. Nothing was given back, and no money moves.
    .next = Give the extras back first, or the whole order at once. What you passed on counts too; its holder can give it back to you.
shared-error-refund-leaves-companion = { $name } is only good together with { $needs }.
    .meaning = Too little of { $needs } would be left in this order. Nothing was given back, and no money moves.
    .next = Give { $name } back first, or the whole order at once. What you passed on counts too; its holder can give it back to you.
shared-error-refund-below-minimum = The rest would cost less than your code asks for.
    .meaning = The code takes something off from a certain amount on, and what would be left is below it. Nothing was given back, and no money moves.
    .next = You can give the whole order back at once, or keep more of it. What you passed on counts too; its holder can give it back to you.
shared-error-refund-exceeds-captured = There is nothing left to give back.
    .meaning = What was paid for it has gone back before. Nothing was changed.
    .next = Your order’s page shows what went back. Ask the club if something is missing.

# The same for staff, at the desk and at the door: no money of theirs is in it.
shared-error-not-found-staff = There is no such page.
    .meaning = It may have been moved, or the address was cut short. Nothing was changed.
    .next = Go back to the start and look from there.
shared-error-unavailable-staff = The database can’t be reached right now.
    .meaning = What is stored is safe. If you were saving something, it may not be saved.
    .next = Try again in a minute, and look first whether it is there.
shared-error-internal-staff = Something broke on our side.
    .meaning = What is stored is safe. If you were saving something, it may not be saved.
    .next = Try again, and look first whether it is there. If it stays like this, give the reference to whoever runs the servers.
shared-error-rate-limited-staff = That was a lot at once.
    .meaning = Requests from here are paused for a moment. Nothing was changed.
    .next = Wait a minute, then try again.
shared-error-method-not-allowed-staff = This address can’t be used that way.
    .meaning = Nothing was changed.
    .next = Go back to the page you came from and use its buttons.
shared-error-request-staff = That request couldn’t be read.
    .meaning = Nothing was changed.
    .next = Go back, check what you entered and send it again.
shared-error-csrf-rejected-staff = This request was stopped, because it didn’t come from our own page.
    .meaning = Nothing was changed. The page may have been open since before you signed in.
    .next = Open the page again and send it from there.
shared-error-line-not-needed = There are tickets again: you can buy them right here.
    .meaning = You don’t need to wait for them.
    .next = Choose them above.
shared-error-invalid-party = { $most ->
    [one] You can wait for one ticket.
   *[other] Choose a number from 1 to { $most }.
}
    .meaning = We can only hold as many as one order may have.
    .next = Choose another number.
shared-error-exchange-over = This ticket can’t be exchanged here, or no longer.
    .meaning = It stays as it is, and nothing was charged.
    .next = Open your order’s page again to see how it stands. Ask the club if you need another type.
shared-error-offer-over = This offer is over.
    .meaning = It was claimed, given up, or ran out. Nothing was charged.
    .next = See the night’s page for what there is.

shared-test-site = These tickets are a test. No card is charged, and they do not open the door.
shared-test-desk = Test data: no money here is real.
shared-test-door = Test door: only test tickets are let in.
shared-my-account = My account
shared-my-tickets = My tickets
