# Un segundo paso al entrar sin llave de acceso: lo elige quien tiene una
second_step-title = Segundo paso
second_step-kind = un segundo paso al entrar sin tu llave de acceso
second_step-line = Cuando entras con contraseña, enlace o de cualquier otra forma, podemos pedirte además tu llave de acceso o un código. Una llave de acceso sola siempre basta.
second_step-on = Activado: pedimos tu llave de acceso o un código.
second_step-off = Desactivado: basta tu contraseña, un enlace u otra forma de entrar.
second_step-works-here = Trabajas aquí, así que lo pedimos siempre.
second_step-switch-on = Pedir mi llave de acceso o un código
second_step-switch-off = No pedirlo más
second_step-alone = Si pierdes tu llave de acceso, nada más completa este paso. Crea códigos de recuperación o añade otra llave de acceso.
second_step-done-on = Desde ahora pedimos tu llave de acceso o un código.
second_step-done-off = Ya no pedimos un segundo paso.
second_step-asks-passkey = Tu cuenta pide además tu llave de acceso.
second_step-asks-either = Tu cuenta pide además tu llave de acceso o un código.
