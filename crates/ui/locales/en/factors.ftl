# How somebody proves more than a password: an app with codes, recovery codes, passkeys
factors-title = Signing in
factors-back = My account
factors-kind-app = an app with codes
factors-kind-passkey = a passkey

factors-prove-first = To change something here, show first that it is you.
factors-prove-do = Show it
factors-password = Password
factors-password-set = You have a password.
factors-password-none = You have no password: you come another way.
factors-password-change = Change it
factors-password-make = Make one

factors-app = App with codes
factors-app-line = With a second step, your password alone opens nothing. An app on your phone shows a code that you type after it.
factors-app-start = Set up an app
factors-app-on = On: after your password we ask for a code.
factors-app-remove = Switch the app off
factors-app-title = Set up an app with codes
factors-app-scan = Scan this picture with the app on your phone, such as the one that keeps your passwords.
factors-app-picture = A QR code for the app; the same as the letters below
factors-app-type = Or type these letters into it:
factors-app-code = The code that the app shows
factors-app-confirm = Switch it on
factors-recovery-left = { $count ->
    [0] No recovery codes left: make new ones.
    [one] { $count } recovery code left.
   *[other] { $count } recovery codes left.
}
factors-recovery-renew = Make new recovery codes
factors-codes-title = Your recovery codes
factors-codes-line = If you lose your phone, each of these takes the place of a code or a passkey once. Earlier ones no longer work.
factors-codes-once = We show them this one time. Print them or write them down, and keep them where your phone is not.
factors-codes-print = Print these codes
factors-codes-kept = I have kept them

factors-passkeys = Passkeys
factors-passkeys-line = A passkey signs you in with your face, your finger or the PIN of your device. It stands for your password and for the code.
factors-passkey-made = Added { $when }.
factors-passkey-used = Last used { $when }.
factors-passkey-change = Change
factors-passkey-name = Name of the passkey
factors-passkey-name-hint = Such as: my phone. You may leave it empty.
factors-passkey-add = Add a passkey
factors-passkey-rename = Rename
factors-passkey-remove = Remove
factors-passkey-use = Use a passkey
factors-passkey-failed = That did not work. Try again, or come another way.

factors-done-app = The app is on. From now on we ask for a code after your password.
factors-done-app-off = The app is off.
factors-done-passkey = The passkey is added.
factors-done-renamed = The passkey has its new name.
factors-done-removed = The passkey is removed.

factors-code = Code
factors-code-hint = Six digits from your app, or one of your recovery codes.
factors-code-wrong = This code does not fit, or was used already. Wait for the next one and try again.
factors-password-wrong = This is not your password.
factors-second-factor-title = One more step
factors-second-factor-line = Your account asks for a code after the password.
factors-begin-anew = Start signing in again
factors-confirm-title = Is it you?
factors-confirm-line = Before this goes on, show once more that it is you.
factors-confirm-do = Go on
factors-confirm-link = You have no password. Sign in once more, such as with a link that we mail you.
factors-confirm-link-do = Sign in
factors-leave-it = Leave it
