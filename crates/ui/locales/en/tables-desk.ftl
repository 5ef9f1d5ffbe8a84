# The run sheet of a night's tables, on paper.
tables-desk-run-sheet = Run sheet (PDF)
tables-desk-title = Tables: { $night }
tables-desk-sums = { $parties ->
    [one] 1 party
   *[other] { $parties } parties
} · { $people ->
    [one] 1 person
   *[other] { $people } people
} · minimum { $minimum } · owed at the venue { $balance }
tables-desk-arrives = Arrives
tables-desk-table = Table
tables-desk-who = Booked by, party
tables-desk-wishes = Occasion, wishes
tables-desk-bottles = Ordered beforehand
tables-desk-minimum = Minimum
tables-desk-deposit = Deposit paid
tables-desk-balance = Owed here
tables-desk-by = Host, promoter
tables-desk-tab = Tab, notes
tables-desk-bottle = { $count } × { $name }
tables-desk-unpaid = Not paid yet
tables-desk-inside = Inside
tables-desk-closed = Closed
tables-desk-promoter = Promoter: { $name }
tables-desk-host = Host: { $name }
tables-desk-hosted = Host: { $name } · { $count ->
    [one] 1 table
   *[other] { $count } tables
}
tables-desk-hostless = Without a host · { $count ->
    [one] 1 table
   *[other] { $count } tables
}
tables-desk-empty = Nobody has a table on this night.
tables-desk-made = Made { $time } · what changes later is on the board
