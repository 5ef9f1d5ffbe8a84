# El personal demuestra quién es: segundo factor al entrar, y otra vez para lo que no tiene vuelta atrás.
proofs-title = Una cosa más
proofs-line = La contraseña es correcta. Ahora demuestra que eres tú.
proofs-code = Código
proofs-code-hint = Las seis cifras de tu aplicación, o uno de tus códigos de recuperación.
proofs-code-wrong = Ese código no vale o ya se usó. Espera al siguiente y prueba otra vez.
proofs-begin-anew = Volver a la entrada
proofs-passkey = Usar una llave de acceso
proofs-passkey-failed = La llave de acceso no ha funcionado y no ha cambiado nada. Prueba otra vez o de otro modo.
proofs-prove-title = Demuestra que eres tú
proofs-prove-line = Esto no tiene vuelta atrás, o saca de la casa los datos de la gente. Un código nuevo vale cinco minutos.
proofs-prove = Seguir
proofs-proving = Comprobando…
proofs-proved = Eres tú
proofs-proved-line = Durante los próximos cinco minutos no se te pedirá nada más.
proofs-file = Descargar el archivo
proofs-step-up-line = Lo que has escrito está guardado y aún no ha pasado nada. Pon un código nuevo y se hará.
proofs-step-up-passkey = ¿No tienes aplicación con códigos? Entonces rellena el formulario otra vez después:
proofs-with-passkey = demuéstralo con una llave de acceso
proofs-go-on = Confirmar
proofs-leave-it = Dejarlo como está
proofs-sign-in-passkey = Entrar con una llave de acceso
proofs-error-needed = Demuestra primero que eres tú.
    .meaning = Esto no tiene vuelta atrás, o saca de la casa los datos de la gente. Aún no ha pasado nada.
    .next = Abre «Demuestra que eres tú» desde la oficina, pon un código nuevo o una llave de acceso y envía el formulario otra vez antes de cinco minutos.
proofs-error-set-up = Tu cuenta necesita antes un segundo factor.
    .meaning = Has entrado, pero tu puesto llega al dinero o a los datos de la gente.
    .next = Prepara una aplicación con códigos o una llave de acceso en la página «Segundo factor». Es un minuto.
proofs-way-prove = Demostrar que eres tú
proofs-way-set-up = Prepararlo
proofs-set-up-title = Segundo factor
proofs-set-up-needed = Tu puesto llega al dinero o a los datos de la gente, así que la contraseña sola no abre la oficina. Prepara una aplicación con códigos o una llave de acceso y estarás dentro.
proofs-set-up-line = Lo que demuestra que eres tú, además de la contraseña.
proofs-set-up-app = Una aplicación con códigos
proofs-set-up-app-line = Escanea la imagen con una aplicación con códigos (vale cualquiera) y pon las seis cifras que muestra.
proofs-set-up-app-secret = ¿No puedes escanear? Escribe esto a mano:
proofs-set-up-app-start = Configurar una aplicación
proofs-set-up-app-other = Cambiar la aplicación
proofs-set-up-app-has = Tienes una aplicación con códigos.
proofs-set-up-app-confirm = Activarla
proofs-set-up-app-picture = La imagen para escanear
proofs-set-up-passkey = Una llave de acceso
proofs-set-up-passkey-line = Tu móvil, tu ordenador o una llave de seguridad, que se abre con el dedo, la cara o un PIN.
proofs-set-up-passkey-add = Añadir una llave de acceso
proofs-set-up-passkeys = { $count ->
    [0] Aún no tienes ninguna llave de acceso.
    [one] Tienes una llave de acceso.
   *[other] Tienes { $count } llaves de acceso.
}
proofs-door-code = Esta cuenta tiene un segundo factor.
    .next = Pon otra vez la contraseña y, debajo, el código de tu aplicación. En un móvil del club no se pide.
proofs-door-set-up = Esta cuenta necesita antes un segundo factor.
    .next = Entra en la oficina y prepáralo allí; es un minuto. O usa un móvil del club.
