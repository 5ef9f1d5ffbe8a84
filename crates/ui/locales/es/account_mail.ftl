# ---------------------------------------------------------------- la cuenta está eliminada
account_mail-deleted-subject = Tu cuenta está eliminada
account_mail-deleted-title = Hasta siempre, { $name }
account_mail-deleted-text = Tu cuenta está eliminada y se ha cerrado tu sesión en todas partes. Tus entradas siguen valiendo en la puerta: guarda los correos que tienes. Este es el último sobre tu cuenta.
account_mail-deleted-button = Ver qué hay
account_mail-deleted-note = ¿No lo has pedido tú? Escríbenos enseguida: lo eliminado no se puede recuperar, pero podemos averiguar qué ha pasado.

account_mail-session-theft-subject = Puede que alguien haya copiado tu sesión
account_mail-session-theft-title = Hemos cerrado la sesión de uno de tus dispositivos
account_mail-session-theft-text = Hola, { $name }: una de tus sesiones se usó desde dos sitios a la vez, como haría una copia. La hemos cerrado. Inicia sesión de nuevo; si no sabes por qué ha pasado, cambia tu contraseña.
account_mail-session-theft-button = Ver dónde has iniciado sesión
account_mail-session-theft-note = Tus entradas y tu dinero no se ven afectados.
