# ---------------------------------------------------------------- a factor came or went
account_mail-factor-added-subject = A new way to show that it is you
account_mail-factor-added-title = Something was added to your account
account_mail-factor-added-text = Added to your account: { $factor }.
account_mail-factor-added-button = See how you sign in
account_mail-factor-added-note = It was not you? Take it away there, and change your password at once.
account_mail-factor-removed-subject = A way to show that it is you was removed
account_mail-factor-removed-title = Something was removed from your account
account_mail-factor-removed-text = Removed from your account: { $factor }.
account_mail-factor-removed-button = See how you sign in
account_mail-factor-removed-note = It was not you? Change your password at once, and look through your devices.
