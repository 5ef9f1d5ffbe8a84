# A night that gets a new date, and one that is archived.
dates-link = New date
dates-title = New date
dates-line = All tickets stay good for the new date. Everyone who holds tickets gets one email with it, and how to ask for money back. Doors open as long before the beginning as planned. Sales that end at a time of their own, the guest list’s cut-offs and the time for giving back move along.
dates-tickets = { $count ->
    [one] 1 ticket is sold
   *[other] { $count } tickets are sold
}
dates-new = The new date
dates-note = What guests should know
dates-note-hint = One or two sentences for the email: why, and what stays as it was. May be empty.
dates-sure = Yes, put the night on this date and write to everyone who holds tickets
dates-do = Put it on this date
dates-busy = Moving …
dates-done = The night has its new date. Everyone who holds tickets is being written to.
dates-refused = Guests hold tickets for this date, so it does not change in silence. Give the night a new date: everyone who holds tickets is written to, and can have their money back. Nothing was saved.
dates-fault-required = Needed here
dates-fault-in-past = This time has passed
dates-fault-invalid-time-range = A night ends after it begins, and within four days
dates-fault-unchanged = The night is on this date already
dates-fault-too-long = 500 characters at most
dates-archive = Archive
dates-archived = The night is archived. Its orders and its money stay where they are.
dates-nights = Nights
dates-archive-list = Archived
dates-archive-none = No night is archived
dates-archive-none-line = A night that is over or was cancelled can be archived on its page.
dates-order-title = New date: { $to } (was { $from })
dates-order-stays = Your tickets stay good for it: the same codes let you in.
dates-order-return = If it doesn’t suit you, give them back here until { $until }.
dates-order-ask = If it doesn’t suit you, you can have your money back: answer our email about the new date and name your order.
