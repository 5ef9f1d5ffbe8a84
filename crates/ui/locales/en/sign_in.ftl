# Where guests sign up and in, prove an address, and choose a new password
sign_in-title = Come in
sign_in-club-line = Your nights, your tickets, one door.
sign_in-email-invalid = This email address isn’t complete.
sign_in-refused = Email and password don’t go together. Check both, or let us mail you a link.
sign_in-forgot = Forgot your password?
sign_in-or = or without a password
sign_in-magic = Email me a link
sign_in-passkey = Use a passkey
sign_in-new-here = New here?
sign_in-to-sign-up = Make an account
sign_in-without = You can buy tickets without an account too.
sign_in-reset-done = Your new password is set, and you are signed out everywhere. Sign in with it.

sign_in-sign-up = Make yourself at home
sign_in-sign-up-do = Make my account
sign_in-known-here = You have been here before?
sign_in-name-missing = Write your name.
sign_in-name-long = At most 120 letters, on one line.
sign_in-marketing = Write to me when a new night goes on sale. I can stop it any time.

sign_in-password-hint = At least { $least } characters. Several words are easier to remember than one odd one.
sign_in-password-too-short = That is short: at least { $least } characters.
sign_in-password-too-long = That is too long: at most 200 characters.
sign_in-password-breached = This password was in a data leak, so others know it too. Choose another one.
sign_in-password-too-easy = This password is easy to guess. Choose a longer or a less common one.
sign_in-new-password = New password
sign_in-new-password-do = Set the new password

sign_in-look = Look at your mail
sign_in-look-sign-up = We have written to you. Press the button in that mail, and you are in.
sign_in-look-magic = We have written to you. The link in that mail signs you in, and is good for 15 minutes.
sign_in-look-reset = We have written to you. The link in that mail lets you choose a new password, and is good for 30 minutes.
sign_in-look-email = We have written to this address. Press the button in that mail, and it is yours here. The link is good for 30 minutes.
sign_in-look-spam = Nothing there after a minute? Look among the unwanted mails.
sign_in-look-once = If you asked more than once, only the link in the latest mail opens.
sign_in-look-again = Back, to ask again

sign_in-confirm = One step to go
sign_in-confirm-here = This is your address? Then your account is ready.
sign_in-confirm-elsewhere = You opened the link in another browser than you signed up in. So that nobody but you knows the password, choose it here.
sign_in-confirm-do = Yes, open my account
sign_in-confirm-not-you = You didn’t ask for an account? Close this page, and nothing happens.
sign_in-magic-title = Welcome back
sign_in-magic-line = One tap, and you are in.

sign_in-forgot-title = A new password
sign_in-forgot-line = Tell us your address, and we mail you a link to choose a new password.
sign_in-forgot-do = Email me a link
sign_in-reset-line = Choose a new password. You are then signed out everywhere, and sign in with it.
sign_in-change-line = Choose a new password. All your other devices are signed out.

sign_in-email-title = Change your email address
sign_in-email-line = We write to the new address first. Until you press the button in that mail, the old one stays.
sign_in-email-new = New email address
sign_in-email-do = Write to it
sign_in-email-same = This is your address already.
sign_in-email-confirm-line = From now on you sign in with this address, and we write to you there.
sign_in-email-confirm-do = Use this address

sign_in-dead = This link doesn’t open any more.
    .meaning = It was used, it is too old, or a newer one has taken its place. Your account is as it was.
    .next = Ask for a new link on the sign-in page, and use the one in the latest mail.
