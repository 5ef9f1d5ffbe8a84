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
waitlist-offered = It’s your turn
waitlist-offered-lead = Your tickets are held for you until { $until }. After that they go to the next in line.
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

# Who paid when the places were gone
waitlist-late-title = Wait for places?
waitlist-late-lead = We write to { $email } as soon as places come free, and hold them for you. Waiting costs nothing.
waitlist-late-party = How many { $name }
waitlist-late-none = Nothing to wait for now
waitlist-late-none-lead = Places of this kind are on sale again, or the line is closed. Your money is on its way back.
