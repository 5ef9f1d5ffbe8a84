# ---------------------------------------------------------------- la cuenta está eliminada
account_mail-deleted-subject = Tu cuenta está eliminada
account_mail-deleted-title = Hasta siempre, { $name }
account_mail-deleted-text = Tu cuenta está eliminada y se ha cerrado tu sesión en todas partes. Tus entradas siguen valiendo en la puerta: guarda los correos que tienes. Este es el último sobre tu cuenta.
account_mail-deleted-button = Ver qué hay
account_mail-deleted-note = ¿No lo has pedido tú? Escríbenos enseguida: lo eliminado no se puede recuperar, pero podemos averiguar qué ha pasado.

# ---------------------------------------------------------------- entrar con cuentas de otros, con el teléfono
account_mail-identity-subject = ¿Es tuyo este correo?
account_mail-identity-title = Sigue con { $provider }
account_mail-identity-text = Alguien entra en nuestro club con { $provider } y ha dado este correo. Si eres tú, abre el enlace en el mismo navegador antes de media hora.
account_mail-identity-button = Seguir
account_mail-identity-note = ¿No has sido tú? Entonces no hagas nada: sin el enlace no pasa nada.
account_mail-provider-linked-subject = { $provider } ya sirve para entrar en tu cuenta
account_mail-provider-linked-title = Has añadido { $provider }
account_mail-provider-linked-text = A partir de ahora puedes entrar en tu cuenta con { $provider }.
account_mail-provider-linked-button = Ver tus formas de entrar
account_mail-provider-linked-note = ¿No has sido tú? Quítalo ahí y cambia tu contraseña.
account_mail-phone-added-subject = Un teléfono ya sirve para entrar en tu cuenta
account_mail-phone-added-title = Has añadido un teléfono
account_mail-phone-added-text = A partir de ahora puedes entrar con códigos enviados al número que acaba en { $ending }.
account_mail-phone-added-button = Ver tus formas de entrar
account_mail-phone-added-note = ¿No has sido tú? Quítalo ahí y cambia tu contraseña.
