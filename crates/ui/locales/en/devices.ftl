# The phones of the door: who has one, who holds it, and the PIN.
devices-title = Phones
devices-none = No phone is enrolled
    .next = Any phone can scan after a sign-in. An enrolled one has a name, takes PINs, and can be taken off at once.
devices-nobody = In nobody’s hands
devices-nobody-yet = Nobody has signed in on it yet.
devices-battery = Battery
devices-battery-low = Charge it
devices-queue = Scans to send
devices-data = List of tickets
devices-seen = Last seen
devices-never = Never
devices-unknown = Not known
devices-just-now = just now
devices-minutes-ago = { $count } min ago
devices-hours-ago = { $count } h ago
devices-days-ago = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
devices-name = Name of the phone
devices-name-hint = As the staff call it, such as “Main door 2”.
devices-gate = Gate
devices-gate-none = Any gate
devices-invite = Enrol a phone
devices-invite-do = Show the code
devices-invited = Enrol a phone
devices-scan-this = Read this with the phone’s own camera.
devices-or-type = Or type the code at
devices-good-for = Good for one phone, for another
devices-code-over = This code is too old. Make a new one.
devices-gone = Taken off
devices-is-off = This phone was taken off.
devices-hands = Who held it
devices-now = now
devices-revoke = Take it off
devices-revoke-ask = Take { $name } off the door?
devices-revoke-means = It stops scanning within a minute, and everybody who signed in on it is signed out of the door. To come back it has to be enrolled again.
devices-revoke-queue = { $count ->
    [one] { $count } scan on it has not been sent yet, and may be lost.
   *[other] { $count } scans on it have not been sent yet, and may be lost.
}
devices-enrol = Enrol this phone
devices-enrol-how = Type the code that a supervisor shows you.
devices-enrol-do = Enrol
devices-code = Code
devices-code-refused = This code doesn’t work.
    .next = Codes are good once and for ten minutes. Ask for a new one.
devices-revoked = This phone was taken off the door.
    .next = Give it to a supervisor, who can enrol it again.
devices-not-enrolled = PINs work on enrolled phones only.
    .next = Sign in with your email and password, or have this phone enrolled.
devices-who = Who are you?
devices-erase = Erase a digit
devices-or-password = Or with your account
devices-no-pins = Nobody has set a PIN yet. Sign in with your account, then set yours.
devices-names-away = Names can’t be loaded right now. Sign in with your account, or try again in a moment.
devices-hand-over = Hand over
devices-pin = PIN
devices-pin-set = Your PIN
devices-pin-how = Four to eight digits, to sign in on the door’s phones. A new password ends it.
devices-pin-new = New PIN
devices-pin-again = New PIN again
devices-pin-done = Your PIN is set.
devices-pin-wrong = Name and PIN don’t match.
    .next = Check both and try again. After five tries this phone makes you wait.
devices-pin-locked = Too many wrong PINs.
    .next = Wait a while, or sign in with your account below.
devices-pin-phone-locked = This phone has seen too many wrong PINs.
    .next = Sign in with your account below. In ten minutes it takes PINs again.
devices-pin-differs = The two PINs differ.
    .next = Type the same one twice.
devices-pin-malformed = A PIN has four to eight digits.
    .next = Choose another one.
devices-pin-too-simple = This PIN is one of the first that people try.
    .next = Choose one without rows or repeats.
devices-pin-password = That isn’t your password.
    .next = Type the password of your account.
