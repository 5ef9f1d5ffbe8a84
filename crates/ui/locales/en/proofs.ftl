# The staff prove who they are: second factor at the sign-in, and afresh for what can't be taken back.
proofs-title = One more thing
proofs-line = Your password is right. Now show that it’s you.
proofs-code = Code
proofs-code-hint = The six digits of your app, or one of your recovery codes.
proofs-code-wrong = That code doesn’t fit, or it was used already. Wait for the next one and try again.
proofs-begin-anew = Back to the sign-in
proofs-passkey = Use a passkey
proofs-passkey-failed = The passkey didn’t work, and nothing has changed. Try again, or use another way.
proofs-prove-title = Show that it’s you
proofs-prove-line = This can’t be taken back, or it takes people’s addresses out of the house. A fresh code is good for five minutes.
proofs-prove = Go on
proofs-proving = Checking…
proofs-proved = It’s you
proofs-proved-line = For the next five minutes nothing more is asked.
proofs-file = Download the file
proofs-step-up-line = What you entered is kept and hasn’t happened yet. Give a fresh code, and it goes ahead.
proofs-step-up-passkey = No app with codes? Then enter the form once more afterwards:
proofs-with-passkey = show it with a passkey
proofs-go-on = Confirm
proofs-leave-it = Leave it as it is
proofs-sign-in-passkey = Sign in with a passkey
proofs-error-needed = Show first that it’s you.
    .meaning = This can’t be taken back, or it takes people’s addresses out of the house. Nothing has happened yet.
    .next = Open “Show that it’s you” from the desk, give a fresh code or passkey, and send the form once more within five minutes.
proofs-error-set-up = Your account needs a second factor first.
    .meaning = You are signed in, but your role reaches money or people’s addresses.
    .next = Set up an app with codes or a passkey on the page “Second factor”. It takes a minute.
proofs-way-prove = Show that it’s you
proofs-way-set-up = Set it up
proofs-set-up-title = Second factor
proofs-set-up-needed = Your role reaches money or people’s addresses, so a password alone doesn’t open the desk. Set up an app with codes or a passkey; then you’re in.
proofs-set-up-line = What shows that it’s you, besides your password.
proofs-set-up-app = An app with codes
proofs-set-up-app-line = Scan the picture with an app for codes (any will do), then enter the six digits it shows.
proofs-set-up-app-secret = Can’t scan? Enter this by hand:
proofs-set-up-app-start = Set up an app
proofs-set-up-app-other = Change the app
proofs-set-up-app-has = You have an app with codes.
proofs-set-up-app-confirm = Switch it on
proofs-set-up-app-picture = The picture to scan
proofs-set-up-passkey = A passkey
proofs-set-up-passkey-line = Your phone, your computer or a security key, opened with a finger, your face or a PIN.
proofs-set-up-passkey-add = Add a passkey
proofs-set-up-passkeys = { $count ->
    [0] You have no passkey yet.
    [one] You have one passkey.
   *[other] You have { $count } passkeys.
}
proofs-door-code = This account has a second factor.
    .next = Enter the password again, with the code of your app below it. On a phone of the club’s no code is asked.
proofs-door-set-up = This account needs a second factor first.
    .next = Sign in at the desk and set one up there; it takes a minute. Or use a phone of the club’s.
