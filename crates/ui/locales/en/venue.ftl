# Floor plans, and what a night's tables cost.
venue-title = Floor plans
venue-none = No floor plan yet
venue-none-line = Draw the room once. Every night then starts from its own copy.
venue-about = { $tables ->
        [one] 1 table
       *[other] { $tables } tables
    } · { $seats ->
        [one] 1 seat
       *[other] { $seats } seats
    }
venue-version-line = Version { $version } · { $when }
venue-versions = Versions
venue-versions-line = Every drawing that was saved is kept. Bringing one back makes it the newest; nights that have a copy keep theirs.
venue-version = Version { $version }
venue-version-latest = In use
venue-restore = Bring back
venue-archive = Archive
venue-archived = Archived
venue-use-again = Use again
venue-new = New floor plan
venue-new-draw = Draw it
venue-name = Name
venue-name-hint = Such as “Main room” or “Terrace, summer”.
venue-name-required = Give the floor plan a name.
venue-name-too-long = At most 80 characters.
venue-name-taken = Another floor plan has this name.
venue-name-unknown = The floor plan to copy is no longer there.
venue-from = Start from
venue-from-blank = An empty room
venue-night-title = Tables
venue-night-link = Tables
venue-night-none = This night has no tables yet
venue-night-none-line = Choose a floor plan. The night gets its own copy, and you say what each table costs.
venue-draw-first = Draw a floor plan first
venue-choose = Floor plan
venue-choose-line = The night gets a copy of its own. Changing the floor plan later moves nobody’s table.
venue-choose-again = Choosing again replaces the copy, and what you entered for its tables. Once booking was open this is no longer possible.
venue-choose-do = Use this floor plan
venue-plan = Floor plan
venue-open = Open booking
venue-close = Close booking
venue-is-open = Booking is open
venue-is-closed = Booking is closed
venue-for-sale = { $count } of { $all } tables for guests
venue-nothing = No table is for guests yet. Say for at least one what it costs, then open booking.
venue-all = Many tables at once
venue-all-line = What you leave empty stays as it is.
venue-all-to = For
venue-all-tables = All tables
venue-all-as-is = As it is
venue-all-do = Apply
venue-offers = Each table
venue-offers-line = The deposit is paid when booking and comes off the bill; the rest of the minimum is spent at the club.
venue-table = Table
venue-seats =
    { $count ->
        [one] 1 seat
       *[other] { $count } seats
    }
venue-sale = Who may book
venue-sale-guests = For guests
venue-sale-club = Kept by the club
venue-minimum = Minimum spend ({ $currency })
venue-deposit-kind = Deposit is
venue-kind-fixed = an amount
venue-kind-share = a part of the minimum, %
venue-kind-full = the whole minimum
venue-deposit = Deposit (amount or %)
venue-includes = What comes with it
venue-photo = Pictures of tables
venue-photo-line = Guests see it beside the table. JPEG, PNG or WebP, at most 8 MB.
venue-photo-of = Table { $table }
venue-photo-file = Picture
venue-photo-remove = Take the picture away
venue-photo-do = Save picture
venue-menu = Bottles to order ahead
venue-menu-line = Paid at the club, and counted toward the minimum. Clear a name to take it off the menu.
venue-bottle = Bottle
venue-price = Price ({ $currency })
venue-rules = Entry and late parties
venue-zone = Zone
venue-zone-hint = Where the guests of these tables come in.
venue-asks = How guests get a table
venue-asks-hint = Of a whole night. What was asked for or booked before stays as it is.
venue-asks-no = They book it at once
venue-asks-yes = They ask for it, and a host says yes or no
venue-release = Late party
venue-release-hint = Minutes after which a late party’s table may be given away; 0: never.
venue-done-chosen = The night has its tables. Say what they cost, then open booking.
venue-done-saved = Saved.
venue-done-opened = Booking is open.
venue-done-closed = Booking is closed.
venue-done-photo = The picture is saved.
venue-faults = Something needs another look. Nothing was saved.
venue-fault-empty = A name is missing.
venue-fault-too-long = This is too long.
venue-fault-twice = There are two of it.
venue-fault-out-of-range = This figure can’t be. A deposit is nothing, or as much as a card can be charged.
venue-fault-outside = It stands outside the drawing.
venue-fault-too-many = There are too many.
venue-fault-unknown = It is not there any more.
venue-stale = Somebody else has changed this meanwhile.
    .meaning = Nothing of yours was saved.
    .next = Look at what is new, then save again.
venue-taken = Guests may have booked these tables.
    .meaning = Booking was open, so no table leaves this night’s plan. Nothing was saved.
    .next = To stop selling a table, take away the tick “For guests”.
venue-closed = This night doesn’t take place.
    .meaning = It is cancelled or archived, so its tables stay as they are.
    .next = Choose another night.
venue-picture-missing = Choose a picture first.
venue-picture-unknown = This is no picture that can be used. Send a JPEG, PNG or WebP.
venue-picture-unreadable = The picture can’t be read. Save it again, or choose another.
venue-picture-pixels = The picture is too large. Choose a smaller one.
