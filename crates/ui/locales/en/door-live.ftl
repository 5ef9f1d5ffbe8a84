# Every gate on one page, for who answers for the door: read in passing, on a phone or on a screen behind the bar.
door-live-title = Every gate
door-live-nights = Nights
door-live-on = Live
door-live-off = Connection lost, trying again
door-live-still = Reload to see new figures
door-live-inside = How full the house is
door-live-inside-word = inside
door-live-of = of { $limit }
door-live-zone-full = This zone is full: one out, one in.
door-live-share = { $percent } %
door-live-no-limit = This night has no limit.
door-live-near = Nearly full: { $count ->
    [one] one more fits
   *[other] { $count } more fit
}
door-live-full = The house is full: one out, one in
door-live-gates = Gates
door-live-now-rate = scans in the last minute
door-live-five-rate = a minute over five
door-live-admitted = Let in
door-live-denied = Turned away
door-live-left = Left
door-live-denials = Turned away
door-live-denials-none = Nobody so far.
door-live-arrivals = Arrivals
door-live-came = let in
door-live-of-sold = of { $sold } tickets
door-live-arrivals-none = Nobody has come in yet.
door-live-chart-told = { $came } let in so far, of { $sold } tickets. The same as a table is below.
door-live-as-table = The same as a table
door-live-from = From
door-live-came-then = Let in
door-live-total = In all
door-live-now = now
door-live-devices = Phones
door-live-devices-none = No phone is enrolled for this night.
door-live-device-seen = Online
door-live-device-silent = Silent
door-live-device-away = Not at work
door-live-any-gate = Any gate
door-live-battery = Battery
door-live-data = Data of
door-live-queue = Waiting
door-live-seen = Seen
door-live-nothing = –
door-live-no-device = a phone that is not enrolled
door-live-unknown-ticket = A ticket this door does not know
door-live-conflicts = { $count ->
    [one] One entry to look at
   *[other] { $count } entries to look at
}
door-live-conflicts-line = A phone decided these while it had no network. Look for the guests, then say what you found.
door-live-twice = Two phones let the same ticket in.
door-live-no-good = It should not have been let in: { $reason }.
door-live-although = Let in although: { $reason }.
door-live-phone-said-no = The phone said no: { $reason }. The club had let this guest in, but its answer came too late, so the ticket counts as inside.
door-live-note = What you found
door-live-close = Close
door-live-close-failed = That was not saved. Try again.

# On the owner's dashboard.
door-live-desk-link = Every gate
door-live-desk-near = Nearly full
door-live-desk-nearly = { $count ->
    [one] Nearly full: one more
   *[other] Nearly full: { $count } more
}
door-live-desk-full = Full
door-live-desk-conflicts = { $count ->
    [one] One ticket was let in that should not have been: look
   *[other] { $count } tickets were let in that should not have been: look
}
door-live-desk-silent = { $count ->
    [one] One phone at the door is silent
   *[other] { $count } phones at the door are silent
}
door-live-desk-waiting = { $count ->
    [one] One scan waits on a phone to be sent
   *[other] { $count } scans wait on phones to be sent
}
