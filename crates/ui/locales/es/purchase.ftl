# El sitio de entradas.

# Lo que figura en la página de Stripe y en el recibo
purchase-charge-fee = Gastos de gestión, { $type }

# Las noches
purchase-list-title = Noches a la venta
purchase-list-description = Todas las noches que vienen, con entradas al precio del club.
purchase-list-empty = Todavía no hay nada a la venta
purchase-list-empty-line = Las próximas noches aparecen aquí en cuanto se anuncian.
purchase-from-price = desde { $price }
purchase-on-sale = Entradas
purchase-opens = A la venta { $when }
purchase-closed = Venta cerrada

# Una noche
purchase-tickets-title = Entradas
purchase-choose = Elegir entradas
purchase-you-title = Quién viene
purchase-how-many = Cuántas: { $name }
purchase-few-left = { $count ->
    [one] Queda { $count }
   *[other] Quedan { $count }
}
purchase-limit = { $most ->
    [one] una por pedido
   *[other] hasta { $most } por pedido
}
purchase-minimum = mínimo { $fewest }
purchase-name-hint = Tal como debe figurar en las entradas.
purchase-email-hint = Ahí te llegan las entradas.
purchase-access-summary = Tengo un código de acceso
purchase-access = Código de acceso
purchase-access-open = Abrir
purchase-access-wrong = Este código no abre nada aquí. Revisa cómo está escrito.
purchase-promo-summary = Tengo un código o saldo
purchase-promo = Código o saldo
purchase-promise = Pagas en la página siguiente. Mientras tanto te guardamos las entradas, y no se cobra nada hasta que confirmes.
purchase-buying = Guardando tus entradas
purchase-sold-out-line = Las reservas que caducan vuelven en minutos: mira otra vez.
purchase-not-yet-line = Vuelve cuando abra la venta. Antes no se guarda nada.
purchase-closed-line = La venta en línea ha terminado. Pregunta en la puerta o mira las próximas noches.

# El pedido
purchase-order-reference = Pedido { $reference }
purchase-order-frozen = Tus entradas están congeladas
purchase-order-frozen-lead = Tu banco está retirando este pago, así que con las entradas no pasa nadie. Si es un error, pide a tu banco que retire la reclamación, o escríbenos. Entonces volverán a servir.
purchase-order-gone = Aquí ya no quedan entradas
purchase-order-gone-lead = Se traspasaron, se cambiaron o se devolvieron, así que no hay nada que enseñar en la puerta. Abajo está lo que pasó con cada una.
purchase-order-paid = Estás dentro
purchase-order-paid-lead = Pagado. Tus entradas van también de camino a { $email }. Enseña un código por persona en la puerta.
purchase-order-free = Estás dentro
purchase-order-free-lead = Tus entradas van también de camino a { $email }. Enseña un código por persona en la puerta.
purchase-order-pending = Esperando tu pago
purchase-order-pending-lead = Te guardamos las entradas hasta { $until }. Esta página cambia sola en cuanto estén pagadas.
purchase-order-unopened = La página de pago no se abrió
purchase-order-unopened-lead = El servicio de pago no responde. Te guardamos las entradas hasta { $until } y no se ha cobrado nada.
purchase-order-cancelled = Aún sin pagar
purchase-order-cancelled-lead = No se ha cobrado nada. Te guardamos las entradas hasta { $until }; todavía puedes pagar.
purchase-order-declined = La tarjeta fue rechazada
purchase-order-declined-lead = No se ha cobrado nada. Te guardamos las entradas hasta { $until }; todavía puedes pagar, con esta tarjeta o con otra.
purchase-declined-funds = No hay bastante dinero en la tarjeta. Con otra tarjeta, u otra cuenta, se puede.
purchase-declined-limit = La tarjeta llegó a uno de sus límites. Usa otra, o pide a tu banco que suba el límite.
purchase-declined-expired = La tarjeta está caducada, o la fecha se escribió mal. Mira la fecha, o usa otra tarjeta.
purchase-declined-details = Un número de la tarjeta, su código de seguridad o el código postal no era correcto. Escríbelo otra vez con cuidado.
purchase-declined-confirm = El banco quería que confirmaras el pago, y no le llegó. Prueba otra vez y confírmalo en la app de tu banco o con su mensaje.
purchase-declined-later = Los bancos no se entendieron entre sí. La misma tarjeta puede funcionar en un minuto.
purchase-declined-twice = El banco acaba de ver el mismo pago. Mira en tu correo si ya tienes tus entradas antes de volver a pagar.
purchase-declined-unfit = La tarjeta no sirve para esta compra. Usa otra.
purchase-declined-bank = El banco dijo que no, y no nos dice por qué. Usa otra tarjeta; si no, tu banco sabe más.
purchase-order-confirming = Confirmando tu pago
purchase-order-confirming-lead = El servicio de pago nos lo está comunicando. Son unos segundos, y esta página cambia sola.
purchase-order-processing = Estamos procesando tu pago
purchase-order-processing-lead = Tu banco tiene la orden y el dinero está en camino. Según cómo hayas pagado, tarda minutos o días. Esta página cambia sola.
purchase-processing-note = Tus plazas siguen guardadas. Las entradas llegan por correo en cuanto esté el dinero; si no llega, no se te cobra nada.
purchase-order-closing = Se acabó el tiempo
purchase-order-closing-lead = El plazo para pagar terminó a { $until }. Estamos confirmándolo con el servicio de pago; esta página cambia sola.
purchase-order-expired = Este pedido caducó
purchase-order-expired-lead = No se pagó a tiempo, así que sus entradas volvieron a la venta.
purchase-order-refunded = Te devolvemos el dinero
purchase-order-refunded-lead = Este pedido ya no vale, y lo que pagaste se devuelve entero.
purchase-order-refunded-part = Ya no vale
purchase-order-refunded-part-lead = Con las entradas de este pedido ya no entra nadie. De lo que se pagó, { $amount } se quedan en el club.
purchase-order-refunded-venue = Tu dinero te espera en el club
purchase-order-refunded-venue-lead = Este pedido ya no vale. Pagaste en la sala, así que el club te devuelve allí { $amount }: trae esta página.
purchase-order-refunded-handed = Ya no vale
purchase-order-refunded-handed-lead = Con las entradas de este pedido ya no entra nadie, y tu dinero se te devolvió en la sala.
purchase-order-voided = Ya no vale
purchase-order-voided-lead = Con las entradas de este pedido ya no entra nadie. No costaban nada, así que no se mueve dinero.
purchase-confirming-note = Puedes cerrar esta página: las entradas también llegan por correo.
purchase-closing-note = Si has pagado, llegan tus entradas o vuelve tu dinero.
purchase-nothing-charged = No se ha cobrado nada
purchase-hold-left = Tiempo para pagar
purchase-offline = Sin conexión
purchase-offline-line = Tus entradas siguen guardadas. Seguimos preguntando, y esta página se pone al día en cuanto vuelva la red.
purchase-second-payment-note = Se pagó dos veces. { $amount } vuelven solos a tu tarjeta.
purchase-refund-title-pending = { $amount } vuelven a tu tarjeta
purchase-refund-title-done = { $amount } han vuelto a tu tarjeta
purchase-refund-title-handed = Se te devolvieron { $amount }
purchase-refund-title-otherwise = El club te ha devuelto { $amount }
purchase-refund-title-stuck = { $amount } aún no se han podido devolver
purchase-refund-title-credit = { $amount } pasaron a saldo del club
purchase-refund-pending = { $amount } van de vuelta a tu tarjeta. Tu banco lo muestra en 5 a 10 días.
purchase-refund-done = Se devolvieron { $amount }. Tu banco lo muestra en 5 a 10 días.
purchase-refund-handed = Se te devolvieron { $amount } en la sala.
purchase-refund-otherwise = { $amount } no se pudieron devolver por donde pagaste, así que te los ha pagado el propio club.
purchase-refund-stuck = No se pudieron devolver { $amount } automáticamente. El club ya lo sabe y te escribirá.
purchase-pay-now = Pagar ahora
purchase-opening = Abriendo la página de pago
purchase-buy-again = Ver esta noche otra vez
purchase-your-tickets = Tus entradas
purchase-ticket-number = Entrada { $number } de { $count }
purchase-qr-alt = Código QR de esta entrada
purchase-code-summary = Código en letras
purchase-fee-line = Gastos de gestión, { $type }
purchase-tickets-gone = { $count ->
    [one] Una entrada que ya no sirve
   *[other] { $count } entradas que ya no sirven
}
purchase-ticket-valid = Válida
purchase-ticket-cancelled = Anulada por el club
purchase-ticket-refunded = Devuelta
purchase-ticket-revoked = Sustituida por otra entrada
purchase-ticket-blocked = Bloqueada: pregunta en la puerta
purchase-ticket-disputed = Congelada: el banco de quien la compró está reclamando el pago, y solo esa persona puede pararlo
purchase-keep-link = Esta página es solo tuya: quien tenga su dirección puede usar las entradas.

purchase-charge-tax = Impuesto, { $type }
purchase-charge-discounted = { $type } ({ $code })
purchase-discount-line = Código { $code }
purchase-tax-line = Impuesto, { $type }
purchase-promo-applied = El código descuenta
purchase-tier-left = { $count ->
    [one] queda una a este precio
   *[other] quedan { $count } a este precio
}
purchase-tier-until = hasta el { $when }
purchase-group-of = Entrada de grupo: { $count } entradas
purchase-add-on = Un extra: va con una entrada
purchase-entry-from = Se entra desde { $time }
purchase-entry-until = Se entra hasta { $time }
purchase-lets-in-from = Deja entrar desde { $time }, no antes.
purchase-code-moves = Trae el móvil: el código cambia
purchase-entries-once = Si sales, no vuelves a entrar
purchase-entries-any = Puedes salir y volver a entrar hasta que cierren las puertas
purchase-entries-counted = Puedes salir y volver a entrar: hasta { $count } veces en total
purchase-per-guest = Como mucho { $most } por persona

# Lo que cambia en la página de una noche mientras está abierta
purchase-live-fewer = { $name }: quedan menos de las que habías elegido. Tu selección es ahora de { $most }.
purchase-live-none = { $name }: ya no queda ninguna que elegir, así que ya no está en tu selección.
purchase-live-fresh = Hay algo nuevo a la venta.
purchase-live-load = Cargar la página otra vez
purchase-live-gone = Esta noche ya no está a la venta aquí.

# La sala de espera: más gente de la que entra a la vez
purchase-room-title = Estás en la sala de espera
purchase-room-lead = Ahora mismo mucha gente quiere entradas. Se entra por orden de llegada.
purchase-room-place = Tu sitio
purchase-room-before = { $count ->
    [0] Eres la siguiente persona
    [one] Hay 1 persona antes que tú
   *[other] Hay { $count } personas antes que tú
}
purchase-room-soon = Falta menos de un minuto.
purchase-room-minutes = { $count ->
    [one] Falta alrededor de un minuto.
   *[other] Faltan unos { $count } minutos.
}
purchase-room-sold-out = Ahora mismo está todo agotado. Solo vuelven las entradas que otros no paguen.
purchase-room-stays = Deja esta página abierta: sigue adelante por sí sola. También puedes volver a ella en este navegador; tu sitio sigue siendo tuyo. Mientras esperas no se aparta ninguna entrada.
purchase-room-turn = { $minutes ->
    [one] Desde que te toca tienes un minuto para elegir y comprar.
   *[other] Desde que te toca tienes { $minutes } minutos para elegir y comprar.
}
purchase-room-look = Ver cuánto me falta
purchase-room-notice = Ahora mismo mucha gente quiere entradas
purchase-room-notice-line = Coge sitio en la sala de espera: se entra por orden de llegada. Cuando te toque, podrás elegir y comprar.
purchase-room-join = Coger sitio
purchase-room-yours = Te toca
purchase-guest-price = Paga lo que quieras
purchase-amount = Tu precio por una: { $name }
purchase-amount-hint = De { $least } a { $most }. Lo que ves es lo que sugiere el club; pueden sumarse gastos e impuestos.
purchase-needs = { $serves ->
    [1] Solo junto con 1 × { $name } por cada una, en el mismo pedido
   *[other] Solo junto con 1 × { $name } por cada { $serves }, en el mismo pedido
}
purchase-questions-title = El club pregunta
purchase-question-ticket = { $name } · entrada { $number }
purchase-question-none = Elige
purchase-question-yes = Sí
purchase-question-no = No
purchase-question-wrong = Esto no responde a la pregunta. Mírala otra vez.
purchase-answers = Tus respuestas
purchase-credit-line = Saldo { $code }
purchase-charge-rest = Lo que queda por pagar tras tu saldo

# At the door, beside a ticket
purchase-door-disputed-before = Pago reclamado antes: pregunta a un encargado
