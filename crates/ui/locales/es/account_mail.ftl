# ---------------------------------------------------------------- a factor came or went
account_mail-factor-added-subject = Una forma nueva de demostrar que eres tú
account_mail-factor-added-title = Se ha añadido algo a tu cuenta
account_mail-factor-added-text = Se ha añadido a tu cuenta: { $factor }.
account_mail-factor-added-button = Ver cómo entras
account_mail-factor-added-note = ¿No has sido tú? Quítala ahí y cambia tu contraseña enseguida.
account_mail-factor-removed-subject = Se ha quitado una forma de demostrar que eres tú
account_mail-factor-removed-title = Se ha quitado algo de tu cuenta
account_mail-factor-removed-text = Se ha quitado de tu cuenta: { $factor }.
account_mail-factor-removed-button = Ver cómo entras
account_mail-factor-removed-note = ¿No has sido tú? Cambia tu contraseña enseguida y revisa tus dispositivos.
