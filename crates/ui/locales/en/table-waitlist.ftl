### Who waits for a table: the form on a plan, the page behind the mail's link, the mail, and what the desk reads.

table-waitlist-title = Tell us when a table comes free
table-waitlist-lead = Every table for your group is held or taken. Leave your address, and we write when one comes free. We can’t hold it for you: whoever books it first has it.
table-waitlist-email-hint = We write to it about free tables for this night, and about nothing else.
table-waitlist-join = Tell me
table-waitlist-joining = Noting it down
table-waitlist-joined = We’ll write when a table comes free
table-waitlist-joined-line = The first in line are written to first. Whoever books the table first has it, so be quick when the mail comes.
table-waitlist-free = A table is free for you right now
table-waitlist-free-line = You don’t need to wait: pick it on the plan or in the list.
table-waitlist-error-party = { $most ->
    [one] The largest table is for 1 person.
   *[other] Choose a number from 1 to { $most }: no table takes more.
}
table-waitlist-error-name = We need a name: up to 100 letters, without links or hidden characters.
table-waitlist-leave-title = No more mail about free tables?
table-waitlist-leave-lead = We’ll stop writing to you when a table of this night comes free.
table-waitlist-leave-button = Stop writing to me
table-waitlist-left = You no longer wait for a table
table-waitlist-left-lead = We won’t write to you when a table of this night comes free.

table-waitlist-mail-subject = A table is free: { $event }
table-waitlist-mail-line = a table for { $party ->
    [one] one person
   *[other] { $party } people
} has come free: table { $label }, { $seats ->
    [one] for 1 person.
   *[other] for up to { $seats } people.
}
table-waitlist-mail-alone = It isn’t held for you: anybody can book it, and whoever books it first has it.
table-waitlist-mail-told = It isn’t held for you. We told { $count } groups at once, anybody else can book it too, and whoever books it first has it.
table-waitlist-mail-button = Book the table
table-waitlist-mail-on = If it’s gone already, you still wait: we write again when another table comes free.
table-waitlist-mail-leave = Stop writing to me about tables

table-waitlist-desk-title = Waiting for a table
table-waitlist-desk-away = The ticket site doesn’t answer: who waits for a table can’t be shown.
table-waitlist-desk-waiting = { $count ->
    [one] 1 group waits
   *[other] { $count } groups wait
} ({ $people ->
    [one] 1 person
   *[other] { $people } people
})
table-waitlist-desk-told = { $count ->
    [0] none was told of a free table yet
    [one] 1 was told of a free table
   *[other] { $count } were told of a free table
}
table-waitlist-desk-size = { $parties } × { $party ->
    [one] 1 person
   *[other] { $party } people
}
