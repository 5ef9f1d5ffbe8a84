# ---------------------------------------------------------------- la cuenta está eliminada
account_mail-deleted-subject = Tu cuenta está eliminada
account_mail-deleted-title = Hasta siempre, { $name }
account_mail-deleted-text = Tu cuenta está eliminada y se ha cerrado tu sesión en todas partes. Tus entradas siguen valiendo en la puerta: guarda los correos que tienes. Este es el último sobre tu cuenta.
account_mail-deleted-button = Ver qué hay
account_mail-deleted-note = ¿No lo has pedido tú? Escríbenos enseguida: lo eliminado no se puede recuperar, pero podemos averiguar qué ha pasado.
