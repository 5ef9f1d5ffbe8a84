# ---------------------------------------------------------------- the account is deleted
account_mail-deleted-subject = Your account is deleted
account_mail-deleted-title = Goodbye, { $name }
account_mail-deleted-text = Your account is deleted, and you are signed out everywhere. Tickets you hold stay good at the door: keep the emails you have. This is the last one about your account.
account_mail-deleted-button = See what is on
account_mail-deleted-note = You did not ask for this? Write to us at once: what is deleted can’t be brought back, but we can look into what happened.

account_mail-session-theft-subject = Somebody may have copied your session
account_mail-session-theft-title = We signed one of your devices out
account_mail-session-theft-text = Hello { $name }, one of your sessions was used from two places at once, as a copied one would be. We ended it. Sign in again; if you don’t know why this happened, change your password.
account_mail-session-theft-button = See where you are signed in
account_mail-session-theft-note = Your tickets and your money are not touched by this.
