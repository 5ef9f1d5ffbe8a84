# ---------------------------------------------------------------- the account is deleted
account_mail-deleted-subject = Your account is deleted
account_mail-deleted-title = Goodbye, { $name }
account_mail-deleted-text = Your account is deleted, and you are signed out everywhere. Tickets you hold stay good at the door: keep the emails you have. This is the last one about your account.
account_mail-deleted-button = See what is on
account_mail-deleted-note = You did not ask for this? Write to us at once: what is deleted can’t be brought back, but we can look into what happened.
