# The guest list: who comes in for nothing, with how many, until when.
guest-list-arrive-by = Lets in until { $time }, and no later.
guest-list-order-off = These tickets are off
guest-list-order-off-lead = The club took them back. Nothing was paid for them, so no money goes back.
guest-list-mail-taken-off-subject = Guest list: { $event }
guest-list-mail-taken-off = the club has taken places of yours off its guest list.
guest-list-allotment-used = The promoter may bring { $left } more to this night.
guest-list-title = Guest list
guest-list-link = Guest list
guest-list-search = Find on the list
guest-list-search-button = Find
guest-list-search-none = Nobody on the list by that name
guest-list-search-none-line = Try part of the name, the promoter, or the note.
guest-list-search-clear = Show everybody
guest-list-none = Nobody is on the list yet
guest-list-none-line = Add the first guest below. They come in for nothing, until the cut-off.
guest-list-away = The ticket site isn’t answering, so the list can’t be shown. Nothing was changed.
guest-list-sum = { $entries ->
    [one] 1 entry
   *[other] { $entries } entries
} · { $guests ->
    [one] 1 guest
   *[other] { $guests } guests
} · { $arrived } in
guest-list-guest = Guest
guest-list-arrived = Arrived
guest-list-arrived-of = { $arrived } of { $party }
guest-list-until = Until
guest-list-promoter = Promoter
guest-list-house = The house
guest-list-party = With
guest-list-tickets = Tickets
guest-list-remove = Remove
guest-list-removing = Removing
guest-list-fewer = Fewer
guest-list-fewer-label = How many stay: { $name }
guest-list-waiting = Waits for the door
guest-list-waiting-line = { $left } are to stay. The door is being asked; it goes on by itself.
guest-list-add = Add a guest
guest-list-adding = Adding
guest-list-name-hint = As it stands on the tickets.
guest-list-email-hint = The tickets and the cut-off go there. It may stay empty: then show the code on the tickets’ page.
guest-list-heads = How many in all
guest-list-heads-hint = The guest and who comes along, up to 20.
guest-list-type = Ticket type
guest-list-cut-off = Cut-off
guest-list-cut-off-hint = The door lets them in until then, and no later. { $zone }.
guest-list-promoter-hint = Whose guests these are. It may stay empty.
guest-list-note = Note
guest-list-note-hint = For staff; guests don’t see it.
guest-list-no-type = This night has no ticket type for guests
guest-list-no-type-line = Make one that is an entry for one person, such as “Guest list”, then add guests here.
guest-list-off-sale = Guests can be added while the night is on sale.
guest-list-allotments = Promoters
guest-list-allotments-line = How many guests each may bring to this night.
guest-list-allotment-places = Guests
guest-list-allotment-places-hint = Empty: as many as the night has places.
guest-list-allotment-of = { $taken } of { $places }
guest-list-allotment-open = { $taken }, no limit
guest-list-allot = Set
guest-list-saving = Saving
guest-list-done-added = { $name } is on the list.
guest-list-done-added-line = Their tickets
guest-list-done-removed = Taken off the list. The places are free again.
guest-list-done-fewer = Fewer are to come. The places are free again.
guest-list-done-inside = Guests of this entry are inside, so { $party } stay on the list. The other places are free again.
guest-list-done-waiting = Noted. The door has not answered yet; the places are free as soon as it does.
guest-list-done-allotted = Set.
guest-list-fault-invalid-name = Up to 100 characters.
guest-list-fault-invalid-email = Check it: name@example.com
guest-list-fault-invalid-quantity = A number from 1 to 20.
guest-list-fault-invalid = Check it.
guest-list-fault-too-long = Shorter, please.
guest-list-fault-in-the-past = This has passed.
guest-list-fault-outside-the-night = After the doors open, and before the night ends.
guest-list-fault-not-for-guests = Choose a type that is an entry for one person.
guest-list-fault-unknown-ticket-type = This type is no longer on sale.
guest-list-fault-allotment-used = That is more than their allotment has left.
guest-list-fault-below-taken = More guests of theirs are on the list already.
guest-list-fault-sold-out = Not that many are left.
guest-list-fault-party-only-shrinks = A party can only get smaller. Add another entry for more.
guest-list-problem-away = The ticket site isn’t answering. Press the same button again: it adds once, however often you ask.
guest-list-problem-sold-out = Not that many are left. What guests in line wait for is theirs first.
guest-list-problem-allotment-used = The promoter’s allotment is used up.
guest-list-problem-not-on-sale = This night takes no more guests.
guest-list-problem-fields = Nothing was changed yet. Look at what is marked.
admin-overdue-guests-leaving = { $count ->
    [one] 1 guest list entry waits for the door
   *[other] { $count } guest list entries wait for the door
}
admin-overdue-guests-leaving-do = Their places come free as soon as the door says who is inside. Change nothing by hand: have the operator look at the door’s service.
