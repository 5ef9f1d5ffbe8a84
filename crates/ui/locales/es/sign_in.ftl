# Donde los clientes se registran y entran, demuestran una dirección y eligen una contraseña nueva
sign_in-title = Pasa
sign_in-club-line = Tus noches, tus entradas, una sola puerta.
sign_in-email-invalid = A esta dirección de correo le falta algo.
sign_in-refused = El correo y la contraseña no van juntos. Revisa los dos, o deja que te enviemos un enlace.
sign_in-forgot = ¿Has olvidado la contraseña?
sign_in-or = o sin contraseña
sign_in-magic = Envíame un enlace
sign_in-passkey = Usar una llave de acceso
sign_in-new-here = ¿Es tu primera vez?
sign_in-to-sign-up = Crea una cuenta
sign_in-without = También puedes comprar entradas sin cuenta.
sign_in-reset-done = Tu contraseña nueva está puesta y se han cerrado todas tus sesiones. Entra con ella.

sign_in-sign-up = Estás en tu casa
sign_in-sign-up-do = Crear mi cuenta
sign_in-known-here = ¿Ya has estado aquí?
sign_in-name-missing = Escribe tu nombre.
sign_in-name-long = Como mucho 120 letras, en una línea.
sign_in-marketing = Escribidme cuando salga una noche nueva a la venta. Puedo pararlo cuando quiera.

sign_in-password-hint = Al menos { $least } caracteres. Varias palabras se recuerdan mejor que una rara.
sign_in-password-too-short = Es corta: al menos { $least } caracteres.
sign_in-password-too-long = Es demasiado larga: como mucho 200 caracteres.
sign_in-password-breached = Esta contraseña salió en una filtración de datos, así que otros también la saben. Elige otra.
sign_in-password-too-easy = Esta contraseña es fácil de adivinar. Elige una más larga o menos común.
sign_in-new-password = Contraseña nueva
sign_in-new-password-do = Poner la contraseña nueva

sign_in-look = Mira tu correo
sign_in-look-sign-up = Te hemos escrito. Pulsa el botón de ese correo y ya estás dentro.
sign_in-look-magic = Te hemos escrito. Con el enlace de ese correo entras; vale 15 minutos.
sign_in-look-reset = Te hemos escrito. Con el enlace de ese correo eliges una contraseña nueva; vale 30 minutos.
sign_in-look-email = Hemos escrito a esta dirección. Pulsa el botón de ese correo y será la tuya aquí. El enlace vale 30 minutos.
sign_in-look-spam = ¿No hay nada al cabo de un minuto? Mira en el correo no deseado.
sign_in-look-once = Si lo has pedido más de una vez, solo abre el enlace del último correo.
sign_in-look-again = Volver, para pedirlo otra vez

sign_in-confirm = Solo falta un paso
sign_in-confirm-here = ¿Es tu dirección? Entonces tu cuenta está lista.
sign_in-confirm-elsewhere = Has abierto el enlace en otro navegador que aquel en el que te registraste. Para que nadie más que tú sepa la contraseña, elígela aquí.
sign_in-confirm-do = Sí, abrir mi cuenta
sign_in-confirm-not-you = ¿No has pedido ninguna cuenta? Cierra esta página y no pasa nada.
sign_in-magic-title = Hola de nuevo
sign_in-magic-line = Un toque y estás dentro.

sign_in-forgot-title = Una contraseña nueva
sign_in-forgot-line = Dinos tu dirección y te enviamos un enlace para elegir una contraseña nueva.
sign_in-forgot-do = Envíame un enlace
sign_in-reset-line = Elige una contraseña nueva. Se cierran todas tus sesiones y entras con ella.
sign_in-change-line = Elige una contraseña nueva. Se cierra la sesión en todos tus otros dispositivos.

sign_in-email-title = Cambia tu dirección de correo
sign_in-email-line = Primero escribimos a la dirección nueva. Hasta que pulses el botón de ese correo, sigue la de antes.
sign_in-email-new = Dirección de correo nueva
sign_in-email-do = Escribir a esta dirección
sign_in-email-same = Esta ya es tu dirección.
sign_in-email-confirm-line = A partir de ahora entras con esta dirección y te escribimos ahí.
sign_in-email-confirm-do = Usar esta dirección

sign_in-dead = Este enlace ya no abre.
    .meaning = Ya se usó, es demasiado antiguo o lo ha sustituido uno más nuevo. Tu cuenta sigue como estaba.
    .next = Pide un enlace nuevo en la página de entrada y usa el del último correo.
