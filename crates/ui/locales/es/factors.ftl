# How somebody proves more than a password: an app with codes, recovery codes, passkeys
factors-title = Acceso
factors-back = Mi cuenta
factors-kind-app = una aplicación con códigos
factors-kind-passkey = una llave de acceso

factors-prove-first = Para cambiar algo aquí, demuestra antes que eres tú.
factors-prove-do = Demostrarlo
factors-password = Contraseña
factors-password-set = Tienes una contraseña.
factors-password-none = No tienes contraseña: entras de otra forma.
factors-password-change = Cambiarla
factors-password-make = Crear una

factors-app = Aplicación con códigos
factors-app-line = Con un segundo paso, tu contraseña sola no abre nada. Una aplicación en tu móvil muestra un código que escribes después.
factors-app-start = Configurar una aplicación
factors-app-on = Activada: después de la contraseña pedimos un código.
factors-app-remove = Desactivar la aplicación
factors-app-title = Configurar una aplicación con códigos
factors-app-scan = Escanea esta imagen con la aplicación de tu móvil, por ejemplo la que guarda tus contraseñas.
factors-app-picture = Un código QR para la aplicación; lo mismo que las letras de abajo
factors-app-type = O escribe en ella estas letras:
factors-app-code = El código que muestra la aplicación
factors-app-confirm = Activarla
factors-recovery-left = { $count ->
    [0] No te quedan códigos de recuperación: crea otros.
    [one] Te queda { $count } código de recuperación.
   *[other] Te quedan { $count } códigos de recuperación.
}
factors-recovery-renew = Crear códigos de recuperación nuevos
factors-codes-title = Tus códigos de recuperación
factors-codes-line = Si pierdes el móvil, cada uno de estos vale una vez en lugar de un código o de una llave de acceso. Los anteriores ya no valen.
factors-codes-once = Los mostramos solo esta vez. Imprímelos o apúntalos, y guárdalos donde no esté tu móvil.
factors-codes-print = Imprimir estos códigos
factors-codes-kept = Los he guardado

factors-passkeys = Llaves de acceso
factors-passkeys-line = Con una llave de acceso entras con tu cara, tu dedo o el PIN de tu dispositivo. Vale por la contraseña y por el código.
factors-passkey-made = Añadida el { $when }.
factors-passkey-used = Usada por última vez el { $when }.
factors-passkey-change = Cambiar
factors-passkey-name = Nombre de la llave de acceso
factors-passkey-name-hint = Por ejemplo: mi móvil. Puedes dejarlo vacío.
factors-passkey-add = Añadir una llave de acceso
factors-passkey-rename = Cambiar el nombre
factors-passkey-remove = Quitar
factors-passkey-use = Usar una llave de acceso
factors-passkey-failed = No ha funcionado. Prueba otra vez, o entra de otra forma.

factors-done-app = La aplicación está activada. Desde ahora pedimos un código después de la contraseña.
factors-done-app-off = La aplicación está desactivada.
factors-done-passkey = La llave de acceso está añadida.
factors-done-renamed = La llave de acceso tiene su nombre nuevo.
factors-done-removed = La llave de acceso está quitada.

factors-code = Código
factors-code-hint = Seis cifras de tu aplicación, o uno de tus códigos de recuperación.
factors-code-wrong = Este código no vale, o ya se ha usado. Espera al siguiente y prueba otra vez.
factors-password-wrong = Esta no es tu contraseña.
factors-second-factor-title = Un paso más
factors-second-factor-line = Tu cuenta pide un código después de la contraseña.
factors-begin-anew = Volver a empezar
factors-confirm-title = ¿Eres tú?
factors-confirm-line = Antes de seguir, demuestra otra vez que eres tú.
factors-confirm-do = Seguir
factors-confirm-link = No tienes contraseña. Entra otra vez, por ejemplo con un enlace que te enviamos.
factors-confirm-link-do = Entrar
factors-leave-it = Dejarlo
