### Tables of a night: the floor plan and the sheet of a table.

tables-title = Tables
tables-page-title = Tables · { $night }
tables-lead = Pick a table on the plan or in the list. You pay the deposit now, and it comes off your bill at the club.
tables-party = How many are you?
tables-party-show = Show tables
tables-free = { $count ->
    [0] No table is free right now. One that is held may come back within minutes.
    [one] 1 table is free.
   *[other] { $count } tables are free.
}
tables-from = from { $amount } minimum spend
tables-on-night = A table of your own for the whole group, with entry for everybody at it.
tables-see-plan = See the floor plan

tables-plan = Floor plan
tables-plan-region = Floor plan; scrolls in both directions
tables-plan-hint = Every table of the plan is also in the list below.
tables-zoom = Zoom
tables-zoom-in = Larger
tables-zoom-out = Smaller
tables-zoom-whole = Whole plan
tables-legend = What the patterns mean
tables-feature-stage = Stage
tables-feature-bar = Bar
tables-feature-door = Entrance
tables-feature-dance-floor = Dance floor
tables-list-title = Table by table

tables-table = Table { $label }
tables-seats = { $seats ->
    [one] for 1 person
   *[other] up to { $seats } people
}
tables-minimum = minimum spend { $amount }
tables-no-minimum = no minimum spend
tables-deposit = { $amount } deposit now
tables-no-deposit = nothing to pay now
tables-choose = Choose
tables-choose-name = Choose { $name }
tables-state-free = Free
tables-state-held = Held
tables-state-taken = Taken
tables-state-kept = Not bookable

tables-live-fresh = The club has changed the plan.
tables-live-load = Show the new one
tables-live-gone = Tables can’t be booked here any more.

tables-back = Back to the plan
tables-minimum-label = Minimum spend
tables-deposit-label = Deposit, paid now
tables-balance-label = Left to pay at the club
tables-minimum-line = The minimum is the least your group spends at the table. Your deposit counts toward it, and so does what you order ahead.
tables-includes-label = Included
tables-passes = Everybody at the table gets a pass of their own: after booking you send them on with one link.
tables-held-title = Somebody is paying for this table
tables-held-line = If they don’t, it is free again within minutes. Look again, or pick another.
tables-taken-title = This table is taken
tables-taken-line = The plan shows which ones are free.
tables-other = See the other tables
tables-refused = The table isn’t booked yet
tables-form-title = Book it
tables-people = People, you included
tables-arrives = When do you arrive?
tables-occasion = What are you celebrating?
tables-occasion-hint = If there is something: a birthday, a hen night, a Friday.
tables-wish = Anything we should know?
tables-wish-hint = Allergies, a wheelchair, a cake: the club reads it before you come.
tables-host = A host you know
tables-host-hint = By name, if somebody of the club should look after you.
tables-more = Wishes for the night
tables-bottles = Order ahead
tables-bottles-hint = Paid at the club, and counted toward your minimum.
tables-bottle-many = How many: { $name }
tables-you = Who books
tables-name-hint = The table stands under this name.
tables-email-hint = Your confirmation and the passes go there.
tables-book = Book this table
tables-booking = Holding your table
tables-form-ask = Ask for it
tables-ask = Ask for this table
tables-asking = Sending your request
tables-pay-later = If the club says yes
tables-promise-ask = The club answers by email. Nothing is charged and the table is not held until it says yes; then you pay the deposit by the link in that email.
tables-pay-now = Deposit to pay now
tables-late = { $minutes ->
    [one] Late? If none of you is here 1 minute after that, the club may give the table to others and keep the deposit.
   *[other] Late? If none of you is here { $minutes } minutes after that, the club may give the table to others and keep the deposit.
}
tables-late-free = { $minutes ->
    [one] Late? If none of you is here 1 minute after that, the club may give the table to others.
   *[other] Late? If none of you is here { $minutes } minutes after that, the club may give the table to others.
}
tables-promise = You pay the deposit on the next page. The table is held for you meanwhile, and nothing is charged until you confirm.
tables-promise-free = There is nothing to pay now: the table is yours as soon as you book it.
