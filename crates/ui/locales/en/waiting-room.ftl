# The desk's page of a night's waiting room
waiting-room-title = Waiting room
waiting-room-link = Waiting room
waiting-room-line = When more guests come than the ticket site should take at once, they wait in order of arrival, and so many a minute go on to choose and buy.
waiting-room-now = How it stands
waiting-room-away = The ticket site isn’t answering, so how the waiting room stands can’t be shown. What was saved holds all the same.
waiting-room-is-open = Open
waiting-room-is-closed = Closed
waiting-room-open = Since { $time }.
waiting-room-closed = Nobody waits; everybody chooses and buys at once.
waiting-room-waiting = Wait now
waiting-room-speed = Recent pace
waiting-room-speed-of = { $count } a minute
waiting-room-wait = A guest who comes now waits
waiting-room-wait-none = not at all
waiting-room-wait-minutes = { $count ->
    [one] about a minute
   *[other] about { $count } minutes
}
waiting-room-switch = When it opens
waiting-room-automatic = Automatic
waiting-room-automatic-hint = { $count ->
    [one] It opens when more than one guest a second arrives at checkout, and closes a minute after the last one was let in.
   *[other] It opens when more than { $count } guests a second arrive at checkout, and closes a minute after the last one was let in.
}
waiting-room-automatic-never = It doesn’t open by itself here.
waiting-room-hold-open = Open
waiting-room-hold-open-hint = It stays open until you change it, or the night is over. Set it before a sale that will be hot.
waiting-room-keep-closed = Closed
waiting-room-keep-closed-hint = Nobody waits, however many come. Who waits now is let in at once.
waiting-room-rate = Guests let in per minute
waiting-room-rate-hint = Empty: as many as usual, { $count } a minute. Everybody keeps their place.
waiting-room-rate-fault = Write a whole number from 1 to { $most }, or leave it empty.
waiting-room-set = Save
waiting-room-setting = Saving…
waiting-room-done = Saved. It holds from now on.
waiting-room-problem-away = The ticket site isn’t answering, so nobody knows whether this was saved. Look at how it stands, and save it again.
waiting-room-problem-not-on-sale = This night isn’t on sale, so there is nothing to wait for. Nothing was changed.
waiting-room-problem-unknown = The ticket site hasn’t heard of this night yet. Try again in a minute.
waiting-room-problem-fields = Nothing was changed yet. Look at what is marked below.
