# Lo que el personal vende en la sala y regala.
box-office-order-lead = Tus entradas están abajo. Enseña un código por persona en la puerta y guarda la dirección de esta página: no se envía ningún correo.
box-office-nav = Taquilla
box-office-title = Taquilla
box-office-night = Noche
box-office-choose = Ver esta noche
box-office-none = No hay ninguna noche a la venta
box-office-none-line = Pon una noche a la venta y sus entradas se podrán vender también aquí.
box-office-how-many = Cuántas: { $name }
box-office-name-hint = Como debe figurar en las entradas. Puede quedar vacío.
box-office-email-hint = Ahí llegan las entradas. Puede quedar vacío: entonces enseña el código que sale tras la venta.
box-office-guest = Invitado
box-office-sell-cash = Vender en efectivo
box-office-sell-card = Vender con tarjeta
box-office-give-summary = Regalarlas
box-office-reason = Motivo
box-office-reason-hint = Queda registrado junto con tu nombre.
box-office-give = Regalar
box-office-done = { $count ->
    [one] 1 entrada emitida
   *[other] { $count } entradas emitidas
}
box-office-take-cash-at-venue = Cobra { $total } en efectivo.
box-office-take-card-at-venue = Cobra { $total } con tarjeta.
box-office-take-comp = Nada que cobrar.
box-office-order = Abrir el pedido { $reference }
box-office-scan = El cliente lo escanea con su móvil y tiene las entradas.
box-office-qr-alt = Código QR de la página del pedido
box-office-fault-invalid-name = Hasta 100 caracteres.
box-office-fault-invalid-email = Revísalo: nombre@example.com
box-office-fault-required = Di por qué.
box-office-fault-too-long = Más corto, por favor.
box-office-problem-away = La web de entradas no responde. Pulsa otra vez el mismo botón: se vende una sola vez, por mucho que insistas.
box-office-problem-sold-out = No quedan tantas. Lo que espera la gente de la cola es suyo primero.
box-office-problem-not-on-sale = Esto ya no se puede vender.
box-office-problem-quantity = Elige cuántas, hasta 100 de cada tipo.
box-office-problem-fields = Aún no se ha vendido nada. Mira lo que está marcado.
box-office-channels = Cómo se pagaron
box-office-channel-online = En línea
box-office-channel-cash-at-venue = En efectivo en la sala
box-office-channel-card-at-venue = Con tarjeta en la sala
box-office-channel-comp = Regaladas
