# Lo que hace un invitado con un pedido pagado.

# Archivos para llevar
guests-tickets-pdf = { $count ->
    [one] Entrada en PDF
   *[other] Todas las entradas en PDF
}
guests-ticket-pdf = Esta entrada en PDF
guests-calendar = Añadir al calendario
guests-apple-wallet = Añadir a Apple Wallet
guests-google-wallet = Añadir a Google Wallet

# Recibos y lo que se pagó
guests-receipt-pdf = Recibo en PDF
guests-receipt-paid-online = Pagado en línea
guests-receipt-paid-cash = Pagado en la sala, en efectivo
guests-receipt-paid-card = Pagado en la sala, con tarjeta
guests-receipt-refund = Reembolso
guests-history = Pagos
guests-history-paid = Pagado
guests-history-received = Recibido y devuelto
guests-history-refunding = En camino de vuelta
guests-history-refunded = Devuelto
guests-history-handed = Devuelto en la sala
guests-history-otherwise-cash = Devuelto en efectivo
guests-history-otherwise-transfer = Devuelto por transferencia
guests-history-stuck = Aún no se pudo devolver: el club te escribirá

# Correo
guests-mail-again = Enviar el correo otra vez
guests-mail-busy = Pidiendo el correo
guests-mail-sent = El correo va de camino
guests-mail-sent-line = Llega a { $email } en un minuto. Si no está, mira entre el correo no deseado.
guests-mail-often = Ya lo enviamos varias veces
guests-mail-often-line = Espera un poco y mira entre el correo no deseado. Puedes pedirlo otra vez dentro de una hora; tus entradas están igualmente en esta página.
guests-find-title = Encontrar mis entradas
guests-find-lead = Escribe la dirección de correo con la que compraste. Ahí enviamos los enlaces a tus entradas para las próximas noches.
guests-find-hint = La de tu pedido, o aquella a la que te pasaron una entrada.
guests-find-button = Enviarme mis entradas
guests-find-busy = Un momento
guests-find-asked = Mira tu correo
guests-find-asked-lead = Si hay entradas para las próximas noches con esa dirección, los enlaces llegan en un minuto.
guests-find-nothing = ¿No llega nada?
guests-find-nothing-line = Mira entre el correo no deseado, o prueba con otra dirección que hayas usado. Enviamos como mucho tres de estos correos por hora a una dirección.
guests-find-other = Probar con otra dirección

# El nombre en la entrada, y de quién es
guests-rename = Cambiar el nombre
guests-rename-name = Nombre en la entrada
guests-rename-button = Guardar el nombre
guests-rename-busy = Guardando el nombre
guests-renamed = El nombre está cambiado. La puerta ya lo sabe.
guests-pass-on = Pasarla a otra persona
guests-pass-on-line = Recibe su propia entrada por correo. Este código deja de servir. No puedes recuperarla tú: solo quien la tenga puede devolvértela.
guests-pass-on-name = Su nombre
guests-pass-on-email = Su correo
guests-pass-on-button = Pasar la entrada
guests-pass-on-busy = Pasando la entrada
guests-passed-on = La entrada está traspasada
guests-passed-on-line = Quien la tiene ahora recibe un correo con su propio enlace. El código anterior ya no da acceso.
guests-passed-on-to = Traspasada a { $name } ({ $email })
guests-hand-back = Devolverla a quien la compró
guests-hand-back-line = Si no puedes venir: recibe la entrada otra vez, con su propio código, y un correo. El tuyo deja de servir. Si vuelve dinero por ella, es para quien la compró.
guests-hand-back-button = Devolver la entrada
guests-hand-back-busy = Devolviendo la entrada
guests-handed-back = Devuelta a quien la compró
guests-ticket-handed-back = Devuelta
guests-ticket-handed-back-lead = Devolviste esta entrada a quien la compró. Su código ya no da acceso.
guests-your-ticket = Tu entrada
guests-your-ticket-lead = Te la pasaron. Enseña este código en la puerta; con él pasa una persona, una vez.
guests-ticket-passed-on = Traspasada
guests-ticket-passed-on-lead = Pasaste esta entrada a otra persona. Su código ya no da acceso.
guests-ticket-gone = Ya no vale
guests-ticket-gone-lead = Con esta entrada ya no pasa nadie. Pregunta a quien te la pasó, o al club.
guests-ticket-keep-link = Esta página es solo tuya: quien tenga su dirección puede usar la entrada.

# Cada entrada de un pedido a su persona
guests-group-link = Enviar a cada cual su entrada
guests-group-title = Enviar a cada cual su entrada
guests-group-lead = Cada persona recibe un correo con el enlace a su propia entrada, con su nombre.
guests-group-how = Cómo
guests-group-share = Compartir: las entradas siguen en tu pedido. Puedes cambiar nombres, traspasarlas y ver sus códigos.
guests-group-transfer = Traspasar: las entradas pasan a ser suyas. Tus códigos dejan de servir, y no se puede deshacer.
guests-group-hint = La entrada que no lleve correo se queda contigo.
guests-group-button = Enviar las entradas
guests-group-busy = Enviando las entradas
guests-group-back = Volver a tu pedido
guests-group-nothing = Ya no se puede enviar ninguna de tus entradas
guests-group-sent = Las entradas van de camino.
guests-group-empty = Pon el correo de al menos una persona.
guests-group-none = Aún no se ha enviado nada: revisa las filas de abajo.
guests-group-some = { $count ->
    [one] Una entrada va de camino. Las filas rellenas aún hay que revisarlas.
   *[other] { $count } entradas van de camino. Las filas rellenas aún hay que revisarlas.
}
guests-shared-with = Enviada a { $name } ({ $email })
guests-shared-ticket = Tu entrada
guests-shared-ticket-lead = La compraron para ti. Enseña este código en la puerta; con él pasa una persona, una vez.

# Avísame cuando salga a la venta
guests-reminder-title = Avísame cuando empiece la venta
guests-reminder-hint = Un correo cuando salgan las entradas y, antes, otro con un código tuyo si el club abre una preventa. La dirección se borra cuando pasa la noche.
guests-reminder-button = Avísame
guests-reminder-asked = Anotado
guests-reminder-asked-line = Llegará un correo a esa dirección cuando empiece la venta.
guests-reminder-stop-title = ¿Dejar de recibir avisos?
guests-reminder-stop-lead = Borramos esta dirección de todos los avisos. Las entradas que compraste no cambian.
guests-reminder-stop-button = Dejar de recibirlos
guests-reminder-stopped = No habrá más avisos
guests-reminder-stopped-lead = Esta dirección está borrada de todos los avisos. Puedes pedir otro en la página de cualquier noche.

# Devolver entradas
guests-return = Devolver
guests-return-heading = ¿No puedes venir?
guests-return-all = Devolverlas todas
guests-return-until = Puedes devolver entradas aquí hasta el { $until }.
guests-return-late = Hasta el { $until } se podían devolver entradas aquí. Pregunta al club si no puedes venir.
guests-return-by-club = Estas entradas no se pagaron en línea, así que no se devuelven aquí. Pregunta al club si no puedes venir.
guests-return-exchanged = Esta entrada se cambió y se pagó en dos pagos, por eso no se devuelve aquí. Habla con el club si no puedes venir.
guests-more-ticket = Más con esta entrada
guests-more-order = Más sobre este pedido
guests-exchange = Cambiar por otro tipo
guests-exchange-even = sin coste
guests-exchange-more = { $amount } más
guests-exchange-none = Ahora mismo no hay nada por lo que cambiarla. Tu entrada se queda como está.
guests-exchange-how = Pagas la diferencia. En cuanto esté pagada, la nueva entrada llega por correo y la anterior deja de valer. Si para entonces la anterior ya no se puede cambiar, el pago se devuelve entero.
guests-exchange-button = Cambiar
guests-exchange-busy = Un momento …
guests-exchange-keep = Quedarme con la entrada
guests-exchange-open = Ya hay un cambio de esta entrada en marcha
guests-exchange-open-line = { $amount }, por pagar hasta { $until }.
guests-exchange-open-how = Sigue con él, o deja que caduque y vuelve a elegir aquí. No se cobra nada hasta que lo confirmes, y una entrada se cambia una sola vez: lo que se pague de más se devuelve entero.
guests-exchange-open-go = Seguir con este cambio
guests-exchange-open-back = Volver a mi pedido
guests-exchange-until = Puedes cambiar entradas aquí hasta el { $until }.
guests-exchanged = Cambiada por otra entrada, que llegó por correo
guests-exchange-was-even = Cambiaste una entrada por esta. Cuestan lo mismo, así que no se cobra ni se devuelve nada.
guests-exchange-late = La entrada ya no se podía cambiar cuando llegó el pago, así que el pago se devuelve entero. La página de tu primer pedido dice cómo está tu entrada.
guests-exchange-waits = Hasta entonces, tu entrada anterior sigue valiendo.
guests-return-title = { $count ->
    [one] ¿Devolver esta entrada?
   *[other] ¿Devolver estas { $count } entradas?
}
guests-return-lead = { $count ->
    [one] La entrada deja de servir enseguida y su plaza pasa a otra persona. No se puede deshacer.
   *[other] Las entradas dejan de servir enseguida y sus plazas pasan a otras personas. No se puede deshacer.
}
guests-return-total = Se devuelve
guests-return-kept = Los gastos de gestión, { $amount }, se quedan en el club.
guests-return-how = Va a la tarjeta con la que pagaste. Tu banco suele mostrarlo en 5 a 10 días.
guests-return-how-free = No costaba nada, así que no vuelve dinero.
guests-return-button = Devolver y recibir { $amount }
guests-return-button-free = { $count ->
    [one] Devolver la entrada
   *[other] Devolver las entradas
}
guests-return-busy = Preguntando a la puerta …
guests-return-keep = { $count ->
    [one] Quedármela
   *[other] Quedármelas
}
guests-return-changed = Algo ha cambiado
guests-return-changed-line = Aún no se ha devuelto nada. Míralo otra vez: así está ahora.
guests-return-inside = Alguien ha entrado con esta entrada
guests-return-inside-line = No se ha devuelto nada y no se mueve dinero. Si devolvías varias, las demás aún pueden ir una a una; si no, pregunta al club.
guests-return-asked = Estás devolviendo entradas. En cuanto la puerta diga que nadie ha entrado con ellas, { $amount } vuelven a tu tarjeta. No tienes que hacer nada más.
guests-return-asked-free = Estás devolviendo entradas. Dejan de servir en cuanto la puerta diga que nadie ha entrado con ellas. No tienes que hacer nada más.
guests-return-done-free = Devuelto. No costaba nada, así que no se mueve dinero.
guests-return-credit = { $amount } pasaron a saldo del club. Lo gastas con el código de nuestro correo, cualquier noche.
guests-history-credit = Como saldo del club
guests-receipt-paid-credit = Saldo del club
guests-history-paid-credit = Pagado con saldo del club
guests-return-how-credit = Vuelve al saldo con el que pagaste. El código es el que ya tienes.
guests-return-how-split = { $card } van a la tarjeta con la que pagaste: tu banco suele mostrarlo en 5 a 10 días. { $credit } vuelven a tu saldo: el código es el que ya tienes.
guests-return-asked-credit = Estás devolviendo entradas. En cuanto la puerta diga que nadie ha entrado con ellas, { $credit } pasan a tu saldo del club. No tienes que hacer nada más.
guests-return-asked-split = Estás devolviendo entradas. En cuanto la puerta diga que nadie ha entrado con ellas, { $amount } vuelven a tu tarjeta y { $credit } a tu saldo del club. No tienes que hacer nada más.
guests-credit-line = Saldo: quedan { $left }, vale hasta el { $until }. El código se envió a { $email } y solo está en ese correo: quien lo tiene puede gastarlo. Si no encuentras el correo, pregunta al club.
guests-inside = Usada: la puerta dice que alguien ha entrado con esta entrada (dato del { $at }). Por eso no se puede cambiar ni devolver. Si es un error, pregunta en la puerta.

# Un código que cambia, en la página de la entrada
guests-moving = Abre la página de tu entrada en la puerta: el código cambia.
guests-moving-early = El código sale aquí esa misma noche, desde { $time }. Abre esta página en la puerta: el código cambia.
guests-moving-good = Este código cambia: uno nuevo cada 15 segundos. Con una foto no entra nadie.
guests-moving-out = El código se ha agotado y no hay conexión para el siguiente. Ve a donde haya red: vuelve solo. O pregunta en la puerta, con tu nombre.
guests-moving-over = La noche ha terminado: esta página ya no tiene códigos.
guests-moving-no-script = El código cambia, y este navegador no ejecuta lo que lo dibuja. Activa JavaScript o abre esta página en otro navegador.
