# Correos.
email-hello = Hola { $name }:
email-footer = Este correo lleva entradas o noticias de un pedido tuyo. El código de la entrada es la entrada: compártelo solo con quien quieras que pase.
email-contact = ¿Preguntas? Responde a este correo o escribe a { $address }.
email-reference = Pedido { $reference }
email-ticket = Entrada
email-code-alt = Código de la entrada { $number }. Si no lo ves, abre tu pedido con el botón de abajo.
email-code-moves = Abre la página de tu entrada en la puerta: el código cambia.
email-order-paid-moving = { $count ->
    [one] aquí está tu entrada. Abre su página en la puerta: muestra un código que cambia.
   *[other] aquí están tus { $count } entradas. Abre su página en la puerta: muestra códigos que cambian, uno por persona.
}
email-line-tickets = { $count } × { $label }
email-line-fee = Gastos de gestión, { $label }
email-line-discount = Código { $label }
email-line-tax = Impuesto, { $label }
email-order-paid-subject = { $count ->
    [one] Tu entrada: { $event }
   *[other] Tus { $count } entradas: { $event }
}
email-order-paid-preview = Enseña el código en la puerta. Con cada código pasa una persona.
email-order-paid-line = { $count ->
    [one] aquí tienes tu entrada. Enseña el código en la puerta, en el móvil o impreso.
   *[other] aquí tienes tus { $count } entradas. Con cada código pasa una persona: manda a cada cual el suyo.
}
email-order-button = Abrir mi pedido
email-order-keep = La página de tu pedido siempre tiene los códigos, aunque pierdas este correo. El enlace es personal.
email-order-text = Tus códigos están en la página de tu pedido (el enlace es personal):
email-order-refunded-subject = Te devolvemos { $amount }: { $event }
email-order-handed-subject = Devolución de { $amount } en la sala: { $event }
email-refund-amount = Te devolvemos
email-order-otherwise-subject = { $amount } devueltos: { $event }
email-refund-amount-otherwise = Te hemos devuelto
email-refund-when-cash = Te lo dio el club en efectivo. ¿No ha sido así? Díselo al club, con la referencia de tu pedido.
email-refund-when-transfer = Llega por transferencia desde la cuenta del club, normalmente en 1 a 3 días laborables. ¿No llega? Díselo al club, con la referencia de tu pedido.
email-refund-reason-otherwise = tu dinero no pudo volver por donde pagaste: tu banco no lo aceptó. Por eso te lo ha pagado el propio club.
email-refund-amount-venue = Devuelto en la sala
email-refund-when = Va a la tarjeta o cuenta con la que pagaste. Tu banco suele mostrarlo en 5 a 10 días.
email-refund-when-venue = Pagaste en la sala, así que allí se te devolvió. ¿Algo no cuadra? Díselo al club, con la referencia de tu pedido.
email-refund-due = Te espera en la sala
email-refund-due-how = Pagaste allí, así que el club te lo devuelve allí. Pásate cuando estemos abiertos, con la referencia de tu pedido.
email-refund-tickets = { $count ->
    [one] La entrada correspondiente ya no da acceso.
   *[other] Las { $count } entradas correspondientes ya no dan acceso.
}
email-refund-waitlist = Puedes esperar: te escribimos en cuanto queden plazas, y te las guardamos.
email-refund-waitlist-button = Apuntarme a la lista de espera
email-refund-instead = Puede que queden otras entradas u otras noches: en nuestra página ves lo que hay ahora.
email-refund-instead-button = Ver entradas
email-refund-reason-late = tu pago llegó cuando tus plazas ya eran de otras personas. Lo sentimos; no pagas nada.
email-refund-reason-late-exchange = tu pago llegó cuando tu entrada ya no se podía cambiar. La página de tu pedido muestra cómo está ahora tu entrada; el cambio no te cuesta nada.
email-refund-reason-second = tu pedido se pagó dos veces. Con una bastaba, así que te devolvemos la otra. Tus entradas siguen valiendo.
email-refund-reason-amount = el importe que recibimos no coincidía con tu pedido, así que te lo devolvemos.
email-refund-reason-off-sale = la noche ya no estaba a la venta cuando llegó tu pago. No pagas nada.
email-refund-reason-club = el club te devuelve dinero.
email-refund-reason-guest = aquí tienes el dinero de lo que has devuelto.
email-refund-reason-night = la noche se ha cancelado. Lo sentimos: nos habría encantado verte. No tienes que hacer nada.
email-refund-reason-night-venue = la noche se ha cancelado. Lo sentimos: nos habría encantado verte.
email-refund-reason-guest-free = gracias por devolver lo que no vas a usar. No costaba nada, así que no se mueve dinero.
email-refund-reason-voided = el club ha retirado entradas. No costaban nada, así que no se mueve dinero.
email-order-voided-subject = Entradas retiradas: { $event }
email-gone-subject = Tu entrada ya no vale: { $event }
email-gone-returned = la entrada que te pasaron se ha devuelto. Ya no da acceso.
email-gone-night = la noche se ha cancelado, y con ella la entrada que te pasaron. Lo sentimos: nos habría encantado verte.
email-gone-shared = la entrada que compraron para ti se ha devuelto. Ya no da acceso.
email-gone-shared-night = la noche se ha cancelado, y con ella la entrada que compraron para ti. Lo sentimos: nos habría encantado verte.
email-left-passed-on = la entrada que compraron para ti ya es de otra persona: quien la compró se la pasó. El código que tienes ya no da acceso.
email-left-voided = el club ha anulado esta entrada. Su código ya no da acceso; pregunta a quien la compró, o al club.
email-left-back-subject = Devolviste una entrada: { $event }
email-left-back = devolviste esta entrada a quien la compró, y ya lo sabe. Tu código ya no da acceso.
email-gone-money = Si vuelve dinero por ella, es para quien la compró.
email-order-cancelled-subject = Cancelada: { $event }
email-found-subject = Tus entradas para las próximas noches
email-found-title = Tus entradas
email-found-preview = Los enlaces a tus entradas para las próximas noches.
email-found-line = Pediste tus entradas. Estas son las de esta dirección:
email-found-tickets = { $count ->
    [one] 1 entrada
   *[other] { $count } entradas
}
email-found-button = Abrir las entradas
email-found-not-you = ¿No lo pediste? Entonces alguien escribió tu dirección; no vio nada, y no tienes que hacer nada. Los enlaces son personales.
email-transferred-subject = { $from } te pasó una entrada: { $event }
email-transferred-line = { $from } te pasó una entrada. Ya es tuya: enseña este código en la puerta, en el móvil o impreso.
email-transferred-button = Abrir mi entrada
email-transferred-keep = La página de tu entrada siempre tiene el código, aunque pierdas este correo. El enlace es personal.
email-new-date-subject = Nueva fecha: { $event } · { $date }
email-new-date-line = «{ $event }» no se celebra el { $from }. Tiene una nueva fecha, y tus entradas siguen valiendo para ella.
email-new-date-when = La nueva fecha
email-new-date-good = No tienes que hacer nada: con los mismos códigos entras.
email-new-date-button = Abrir mis entradas
email-new-date-money-title = ¿No te va bien la nueva fecha?
email-new-date-money = Puedes recuperar tu dinero. Responde a este correo y di cuál es tu pedido.
email-new-date-money-to = Puedes recuperar tu dinero. Responde a este correo, o escribe a { $address }, y di cuál es tu pedido.
email-new-date-given = Lo que otra persona compró para ti lo devuelve ella: díselo si no puedes venir.
email-new-date-free = Responde a este correo: a alguien le alegrará tu sitio.
email-handed-back-subject = { $from } te devolvió una entrada: { $event }
email-handed-back-line = { $from } no puede usar la entrada que le pasaste y te la devolvió. Vuelve a ser tuya, con un código nuevo: ven con ella, pásala a otra persona o devuélvela en la página de tu pedido si la noche lo permite.
email-handed-back-button = Abrir mi pedido
email-handed-back-keep = La página de tu pedido siempre tiene el código, aunque pierdas este correo. El enlace es personal.
email-shared-subject = { $from } tiene una entrada para ti: { $event }
email-shared-line = { $from } compró una entrada para ti. Enseña este código en la puerta, en el móvil o impreso. Sigue en el pedido de { $from } y lleva tu nombre.
email-sale-opened-subject = Ya a la venta: { $event }
email-sale-opened-line = Las entradas para esta noche ya están a la venta.
email-sale-opened-button = Ver las entradas
email-sale-opened-why = Nos pediste que te avisáramos cuando empezara la venta. No llega ningún otro correo sobre ella.
email-presale-subject = Vas antes que nadie: { $event }
email-presale-line = La preventa de esta noche está abierta y puedes comprar antes que nadie. El enlace lleva tu código:
email-presale-once = Sirve para un pedido, hasta que empiece la venta para todos.
email-presale-why = Nos pediste que te avisáramos cuando empezara la venta. Te escribiremos otra vez cuando empiece.
email-sale-opened-stop = No enviar más avisos a esta dirección
email-waitlist-joined-subject = Estás en la cola: { $event }
email-waitlist-joined-line = estás en la cola para { $count } × { $type }. Cuando haya entradas para ti, te escribimos y te las guardamos mientras decides.
email-waitlist-joined-button = Ver mi sitio en la cola
email-waitlist-joined-leave = En la misma página puedes salir de la cola. El enlace es personal.
email-waitlist-offered-subject = Te toca: { $event }
email-waitlist-offered-line = han quedado entradas libres y te toca: { $count } × { $type }.
email-waitlist-offered-until = Te las guardamos hasta
email-waitlist-offered-after = Después pasan a la siguiente persona. No se cobra nada hasta que confirmes.
email-waitlist-offered-button = Quedarme mis entradas
email-waitlist-offered-leave = ¿Ya no las quieres? Dilo en la misma página y avisamos enseguida a la siguiente persona. El enlace es personal.
email-line-credit = Saldo { $label }
email-credit-subject = { $amount } de saldo: { $event }
email-credit = Tu saldo con el club
email-credit-how = Escribe este código al comprar, en el campo «Código o saldo». Paga cualquier noche, por partes o de una vez, hasta el { $until }. Quien tiene el código puede gastarlo.
email-credit-back = Vuelve al saldo con el que habías pagado. El código es el que ya tienes.
email-refund-reason-credit = como acordamos, el club te da saldo en lugar de dinero.

# Test mode
email-test = Nada en este correo es de verdad: no se ha cobrado nada y ninguna entrada abre la puerta.
