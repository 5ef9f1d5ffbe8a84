# A table of a night, booked by a guest.

# The order’s page
booking-party = Party
booking-people = { $count ->
    [one] One person
   *[other] { $count } people
}
booking-arrives = Arrival
booking-host = Your host
booking-occasion = Occasion
booking-minimum = Minimum spend
booking-deposit = Deposit, comes off the bill
booking-balance = Still to pay at the club
booking-balance-line = The minimum is a floor and no fee: what you order counts towards it. Order more, and you pay what you ordered.
booking-wish = What you asked for
booking-preorder = Ordered beforehand
booking-preorder-line = It waits at your table, counts towards the minimum, and is paid at the club.
booking-invite = Invite your guests
booking-invite-line = Everybody in your party has a pass with a code of their own. The first one is yours. Send the others to your guests, and each comes in when they like.
booking-confirmed = Your table is booked
booking-checked-in = Your party has arrived
booking-closed = The bill is settled
booking-cancelled = This table was called off
booking-no-show = Nobody came in time, and the table was given away
booking-host-asked = Asks for { $name } as host

# A request for a table
booking-request-title = Your request for { $table }
booking-request-asked = The club has your request
booking-request-asked-line = It answers by email. The table is not held meanwhile, and nothing is charged.
booking-request-held = The club said yes: your table is held
booking-request-held-line = Pay the deposit until { $when } to make it yours.
booking-request-booked = Your table is booked
booking-request-lapsed = Nobody paid in time, and the table is free again
booking-request-over = This request is over
booking-request-over-line = It was declined or withdrawn. Nothing was charged.
booking-request-open = Open your booking
booking-request-withdraw = Withdraw the request
booking-request-plan = See the plan of the night
booking-error-too-many-requests = You have asked for enough tables of this night.
    .meaning = Three requests of yours wait for an answer. This one was not sent.
    .next = Wait for the club, or withdraw one of them.

# What can stand in the way
booking-error-taken = This table has just gone.
    .meaning = Another party was quicker. Nothing was charged.
    .next = Pick another table. One that nobody pays for is free again within minutes.
booking-error-party = This table seats { $most } at most.
    .meaning = Your party is larger. Nothing was charged.
    .next = Choose a larger table, or ask the club about two that stand together.
booking-error-party-number = We need to know how many you are, as a whole number from one up.
    .meaning = Each of you gets a pass. Nothing was charged.
    .next = Enter how many come, yourself included.
booking-error-arrival = Choose when you arrive: from when the doors open until the night ends.
    .meaning = The club gets your table ready for then. Nothing was charged.
    .next = Pick one of the hours.
booking-error-closed = This table can’t be booked now.
    .meaning = The club has kept it, or booking is closed for this night. Nothing was charged.
    .next = Pick another table, or ask the club.
booking-error-unknown-table = This table isn’t on the night’s plan.
    .meaning = The page may have been open since before a change. Nothing was charged.
    .next = Open the plan again and pick a table.
booking-error-bottle = Something you ordered beforehand isn’t on the menu any more.
    .meaning = The menu has changed meanwhile. Nothing was charged.
    .next = Look at the menu again and choose from it.
booking-error-text = This is too long, or has hidden characters in it.
    .meaning = The club reads it as you write it. Nothing was charged.
    .next = Shorten it, or type it anew.
booking-error-too-many-open = Enough tables wait for your deposit already.
    .meaning = They are held for you, or for others on the same connection. Nothing was charged.
    .next = Pay for one you have chosen, or try again in a few minutes.
booking-error-whole-table = A table goes back whole.
    .meaning = The passes of a party belong together, and some of them would stay. Nothing was given back, and no money moves.
    .next = Give the whole order back. A pass that you passed on counts too; its holder can hand it back to you.
