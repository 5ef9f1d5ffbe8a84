# ---------------------------------------------------------------- the account is deleted
account_mail-deleted-subject = Your account is deleted
account_mail-deleted-title = Goodbye, { $name }
account_mail-deleted-text = Your account is deleted, and you are signed out everywhere. Tickets you hold stay good at the door: keep the emails you have. This is the last one about your account.
account_mail-deleted-button = See what is on
account_mail-deleted-note = You did not ask for this? Write to us at once: what is deleted can’t be brought back, but we can look into what happened.

# ---------------------------------------------------------------- signing in through others, by phone
account_mail-identity-subject = Is this your address?
account_mail-identity-title = Go on with { $provider }
account_mail-identity-text = Somebody signs in at our club with { $provider } and named this email address. If that is you, open the link in the same browser within half an hour.
account_mail-identity-button = Go on
account_mail-identity-note = That was not you? Then do nothing: without the link nothing happens.
account_mail-provider-linked-subject = { $provider } is a way into your account now
account_mail-provider-linked-title = { $provider } was added
account_mail-provider-linked-text = From now on you can sign in to your account with { $provider }.
account_mail-provider-linked-button = See your ways in
account_mail-provider-linked-note = That was not you? Remove it there, and change your password.
account_mail-phone-added-subject = A phone number is a way into your account now
account_mail-phone-added-title = A phone number was added
account_mail-phone-added-text = From now on you can sign in with codes sent to the number that ends in { $ending }.
account_mail-phone-added-button = See your ways in
account_mail-phone-added-note = That was not you? Remove it there, and change your password.
