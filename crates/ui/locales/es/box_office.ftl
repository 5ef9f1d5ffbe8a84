# Lo que el personal vende en la sala y regala.
box_office-order-lead = Tus entradas están abajo. Enseña un código por persona en la puerta y guarda la dirección de esta página: no se envía ningún correo.
box_office-nav = Taquilla
box_office-title = Taquilla
box_office-night = Noche
box_office-choose = Ver esta noche
box_office-none = No hay ninguna noche a la venta
box_office-none-line = Pon una noche a la venta y sus entradas se podrán vender también aquí.
box_office-how-many = Cuántas: { $name }
box_office-name-hint = Como debe figurar en las entradas. Puede quedar vacío.
box_office-email-hint = Ahí llegan las entradas. Puede quedar vacío: entonces enseña el código que sale tras la venta.
box_office-price-hint = Los gastos que van aparte se suman a lo que cobras.
box_office-total-away = Ahora no se puede calcular el total. Se muestra tras la venta.
box_office-guest = Invitado
box_office-sell-cash = Vender en efectivo
box_office-sell-card = Vender con tarjeta
box_office-give-summary = Regalarlas
box_office-reason = Motivo
box_office-reason-hint = Queda registrado junto con tu nombre.
box_office-give = Regalar
box_office-done = { $count ->
    [one] 1 entrada emitida
   *[other] { $count } entradas emitidas
}
box_office-take-cash-at-venue = Cobra { $total } en efectivo.
box_office-take-card-at-venue = Cobra { $total } con tarjeta.
box_office-take-comp = Nada que cobrar.
box_office-order = Abrir el pedido { $reference }
box_office-scan = El cliente lo escanea con su móvil y tiene las entradas.
box_office-qr-alt = Código QR de la página del pedido
box_office-fault-invalid-name = Hasta 100 caracteres, sin enlaces ni caracteres ocultos.
box_office-fault-invalid-email = Revísalo: nombre@example.com
box_office-fault-required = Di por qué.
box_office-fault-too-long = Más corto, por favor.
box_office-problem-away = La web de entradas no responde. Pulsa otra vez el mismo botón: se vende una sola vez, por mucho que insistas.
box_office-problem-sold-out = No quedan tantas. Quien está en la cola va primero.
box_office-problem-house-full = El aforo está completo. No se ha vendido nada: se pagaría para esperar. Sale uno, entra uno.
box_office-sell-on = Vender de todos modos, porque
box_office-sell-on-hint = Queda registrado junto con tu nombre. En la puerta no entra nadie hasta que salga alguien.
box_office-problem-not-on-sale = Esto ya no se puede vender.
box_office-problem-quantity = Elige cuántas, hasta 100 de cada tipo.
box_office-problem-fields = Aún no se ha vendido nada. Mira lo que está marcado.
box_office-channels = Cómo se pagaron
box_office-channel-online = En línea
box_office-channel-cash-at-venue = En efectivo en la sala
box_office-channel-card-at-venue = Con tarjeta en la sala
box_office-channel-comp = Regaladas
