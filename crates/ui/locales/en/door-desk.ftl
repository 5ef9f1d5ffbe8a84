# The supervisors' page at the door. Read in the dark, by somebody with a queue to answer for. Short.
door-desk-title = Door desk
door-desk-ways = Ways
door-desk-to-door = Back to the door
door-desk-no-night = No night on
    .next = Published nights appear here on their own, until six hours after they end.
door-desk-other-nights = Other nights
door-desk-inside = people inside
door-desk-nearly-full = Nearly full
door-desk-live = Live
    .line = Every gate, as it happens
door-desk-devices = Phones
    .line = Enrol one, or shut one out

door-desk-report = Report an incident
    .line = Refused, hurt, stolen, broken
door-desk-report-send = Record it
door-desk-sending = One moment
door-desk-done-reported = Recorded. A supervisor can read it now.
door-desk-kind = What is it?
door-desk-kind-refused = Refused entry
door-desk-kind-ejection = Thrown out
door-desk-kind-medical = Ill or hurt
door-desk-kind-theft = Theft
door-desk-kind-fight = Fight
door-desk-kind-damage = Damage
door-desk-kind-other = Other
door-desk-text = What happened
    .hint = Say what you saw. Leave out what you guess.
door-desk-gate = Gate
door-desk-no-gate = At no gate
door-desk-order = Order reference
    .hint = If it is about somebody with a ticket. You can leave it empty.
door-desk-photo = Photo
    .hint = Of what happened, as evidence. Supervisors see it, and it is erased after the set days.

door-desk-incidents = Incidents
door-desk-incidents-count = { $count ->
    [0] Quiet so far
    [one] 1 tonight
   *[other] { $count } tonight
}
door-desk-no-incidents = Nothing has happened
    .next = What the door reports tonight is listed here.
door-desk-show-photo = Show the photo
door-desk-photo-erased = The photo has been erased.
door-desk-photos-of = Photos of this guest
door-desk-photos-none = This guest has not been photographed
    .next = Photos are erased after the set days.
door-desk-photos-hint = Each look at a photo is on record.
door-desk-photo-of = The guest with this ticket
door-desk-photo-erase = Erase this photo
    .line = Do this when the guest asks for it. It can’t be undone.
door-desk-add-note = Add a note
door-desk-note = What followed
door-desk-note-send = Add the note

door-desk-check = Check a document
    .line = Or a name: is it banned?
door-desk-document = Document number
    .hint = ID, passport or licence. We don’t keep it.
    .kept = We keep a fingerprint of it, never the number.
door-desk-or-name = Or a name
door-desk-check-send = Check
door-desk-checking = Checking
door-desk-clear = Not banned
door-desk-banned = Banned
door-desk-banned-by-name = The name is the same. It may be somebody else: look, ask for a document, or call a supervisor.
door-desk-banned-by-document = The document is the same. Don’t let them in. Call a supervisor.

door-desk-bans = Bans
door-desk-bans-count = { $count ->
    [0] Nobody is banned
    [one] 1 person
   *[other] { $count } people
}
door-desk-no-bans = Nobody is banned
    .next = A ban stops every ticket in that name, however the name is written.
door-desk-ban-new = Ban somebody
door-desk-ban-hint = Fill in a name, a document or their looks. One is enough.
door-desk-ban-send = Ban
door-desk-done-banned = Banned. Tickets in this name are stopped from now on.
door-desk-name = Name
    .hint = As on the ticket. Accents and order don’t matter.
door-desk-nameless = Name unknown
door-desk-looks = What they look like
    .hint = Shown to the doorman. Say what anybody can see.
door-desk-reason = Why
    .hint = Only supervisors read this.
door-desk-span = For how long
door-desk-span-night = One day
door-desk-span-month = A month
door-desk-span-quarter = Three months
door-desk-span-half = Half a year
door-desk-span-year = A year
door-desk-span-good = For good
door-desk-ban-for-good = From { $from }, for good
door-desk-ban-until = From { $from } until { $until }
door-desk-has-document = document known
door-desk-ban-end = End this ban
door-desk-appeal = What speaks for them
door-desk-ban-end-send = End the ban
door-desk-done-unbanned = The ban has ended. Their tickets let in again.
door-desk-bans-ended = Ended

door-desk-settings = Door settings
    .line = Photos, how long things are kept
door-desk-done-settings = Saved. The phones go by it from now on.
door-desk-photos = Photos
    .hint = Off unless you need them. A guest may say no and still comes in.
door-desk-photos-on = The door may take photos
door-desk-photo-days = Days a photo is kept
    .hint = From 1 to 30. Then it is erased, whatever it shows.
door-desk-consent-en = What guests are asked, in English
door-desk-consent-es = What guests are asked, in Spanish
door-desk-consent = What guests are asked
    .hint = The doorman reads it out. Without a yes there is no photo.
door-desk-keep = Keeping
door-desk-ban-days = Days a ban is kept after its end
    .hint = From 1 to 730.
door-desk-incident-days = Days an incident is kept
    .hint = From 30 to 1825.
door-desk-offline = Without a network
door-desk-data-age = Minutes after which a phone warns
    .hint = From 5 to 1440. It then says that it may know too little.
door-desk-save = Save

door-desk-error-photos-off = Photos are off. A supervisor can switch them on.
door-desk-error-consent-required = Read the text out first. Without a yes there is no photo.
door-desk-error-image-rejected = This is no photo we can read. Take a new one.
door-desk-error-no-document-key = This door can’t recognise documents. Use a name or their looks.
door-desk-error-ban-ended = Somebody has ended this ban already.
door-desk-error-slow-down = Too many questions. Wait a minute, then ask again.
door-desk-error-too-long = This is too long. Say it shorter.
door-desk-error-reason = Say why.
door-desk-error-text = Say what happened.
door-desk-error-kind = Choose what it is.
door-desk-error-who = Fill in a name, a document or their looks.
door-desk-error-ask-what = Type a document number or a name.
door-desk-error-document = This is no document number. It has 5 to 24 letters and digits.
door-desk-error-settings = A number is out of its range, or a text is empty.

door-desk-inside-of = of { $limit } people inside
door-desk-limit = Set how many may be inside
door-desk-limit-people = So many people
    .hint = Leave it empty for as many as come.
door-desk-limit-note = Why
door-desk-limit-zone-people = So many people in { $zone }
door-desk-limit-set = Set
door-desk-done-limit = The limit holds from now on, at every gate.
door-desk-error-people = Write a number from 1 on, or nothing for no limit.
