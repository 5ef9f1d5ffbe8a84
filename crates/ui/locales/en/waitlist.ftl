# The line before a sold-out ticket type.

# On the night's page
waitlist-title = Sold out? Get in line
waitlist-lead = When a ticket comes free, it goes to who came first. You get an email, and your tickets are held for you while you decide. Nothing is charged for waiting.
waitlist-first-choice = What comes free goes to those in line first.
waitlist-type = Which ticket
waitlist-party = How many
waitlist-party-hint = { $most ->
    [one] One per guest.
   *[other] Up to { $most }. You are offered all of them together.
}
waitlist-email-hint = The offer goes there, and the link to your place in line.
waitlist-join = Get in line
waitlist-joining = Getting you in line
waitlist-joined = You’re in line: { $name }
waitlist-joined-line = We’ve sent you an email with the link to your place. With it you see how far you are, and leave again if you change your mind. If you were in line already, that email came earlier and you keep your place.

# The guest’s own page
waitlist-waiting = You’re in line
waitlist-waiting-lead = You are number { $place }. As soon as tickets come free for you, we write to { $email } and hold them for you.
waitlist-offered = Your tickets are here
waitlist-offered-lead = They are held for you until { $until }. After that they go to the next in line.
waitlist-lapsed = This offer ran out
waitlist-lapsed-lead = Nobody claimed it in time, so it went to the next in line. You can get in line again.
waitlist-left = You’ve left the line
waitlist-left-lead = We won’t write to you about it any more.
waitlist-closed = This line is closed
waitlist-closed-lead = No more tickets are sold for it. Nothing was charged.
waitlist-fewer-hint = Up to { $most }. If fewer come, the others go to the next in line.
waitlist-total = { $wish }: { $total } in all
waitlist-claim = Go on to payment
waitlist-decline = I don’t want them
waitlist-decline-line = Changed your mind? Then the next in line is asked right away.
waitlist-leave = Leave the line
waitlist-leave-line = Not coming after all? Leave, and the line moves on. This can’t be undone.
waitlist-leaving = One moment
waitlist-keep-link = This page is yours alone: whoever has its address can claim your tickets.

shared-error-line-not-needed = There are tickets again: you can buy them right here.
    .meaning = You don’t need to wait for them.
    .next = Choose them above.
shared-error-invalid-party = { $most ->
    [one] You can wait for one ticket.
   *[other] Choose a number from 1 to { $most }.
}
    .meaning = We can only hold as many as one order may have.
    .next = Choose another number.
shared-error-offer-over = This offer is over.
    .meaning = It was claimed, given up, or ran out. Nothing was charged.
    .next = See the night’s page for what there is.

# Emails
email-waitlist-joined-subject = You’re in line: { $event }
email-waitlist-joined-line = you’re in line for { $count } × { $type }. When tickets come free for you, we write to you and hold them while you decide.
email-waitlist-joined-button = See my place in line
email-waitlist-joined-leave = You can leave the line on the same page. The link is personal.
email-waitlist-offered-subject = Your tickets are here: { $event }
email-waitlist-offered-line = tickets have come free, and it’s your turn: { $count } × { $type }.
email-waitlist-offered-until = Held for you until
email-waitlist-offered-after = After that they go to the next in line. Nothing is charged until you confirm.
email-waitlist-offered-button = Claim my tickets
email-waitlist-offered-leave = Don’t want them any more? Say so on the same page, and the next in line is asked right away. The link is personal.

# The desk
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
admin-overdue-offers-past-time = { $count ->
    [one] An offer from the waitlist is past its time
   *[other] { $count } offers from the waitlist are past their time
}
admin-overdue-offers-past-time-do = The places they hold should have gone to the next in line by themselves. Change nothing by hand: have the operator look at the ticket site.
