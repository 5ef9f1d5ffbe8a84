# What roles let people do, and the roles that a club makes itself.
roles-title = Roles
roles-link = Roles, and what they may do
roles-about = What each role lets people do. The club’s own roles stand beside the nine that it has from the start.
roles-what = What
roles-people = People
roles-people-count = { $count ->
    [0] Nobody has it
    [one] One person has it
   *[other] { $count } people have it
}
roles-second-factor = Second factor
roles-second-factor-line = A second factor is a code from an app, or a passkey. Whoever may do one thing that needs it needs it to sign in.
roles-needs-second-factor = Needs a second factor to sign in.
roles-no-second-factor = A password is enough to sign in.
roles-new = New role
roles-new-line = For a job that none of the others fits. It gives what you tick, and nothing else.
roles-from = Begin with what this role may do
roles-begin = Tick it for me
roles-name = Name
roles-name-hint = What people at the club call the job.
roles-box-second-factor = needs a second factor
roles-box-not-yours = not yours to give
roles-make = Make the role
roles-change = Change
roles-change-line = If it gives other things from now on, everybody who has it is signed out at once, and loses their PIN: they sign in again.
roles-save = Save
roles-retire = Retire this role
roles-retire-line = It is given to nobody any more. What was done with it stays on record.
roles-beyond = This role gives things that you don’t hold yourself. Somebody who holds them all can change it.
roles-done-made = The role is made. Give it to people on their pages.
roles-done-changed = The role is changed. If it gives other things now, whoever has it signs in again.
roles-done-retired = The role is retired.
roles-problem-name = Give it a name of up to 40 characters, without a link in it.
roles-problem-nothing = Tick at least one thing that it gives.
roles-problem-taken = Another role has that name. Choose another one.
roles-problem-in-use = { $people ->
    [one] One person still has this role. Give them another one first.
   *[other] { $people } people still have this role. Give them another one first.
}
roles-group-nights = Nights
roles-group-sales = Selling and giving away
roles-group-guests = Guests and their orders
roles-group-money = Money
roles-group-door = The door
roles-group-messages = Emails and messages
roles-group-house = Staff, records and keys
