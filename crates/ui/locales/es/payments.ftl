# Cada movimiento de dinero.
payments-nav = Pagos
payments-title = Pagos
payments-line = Todo lo que se pagó y lo que se devolvió, como está en los libros, al céntimo.
payments-look = Mostrar
payments-all = Mostrar todo
payments-from = Desde
payments-until = Hasta
payments-method = Cómo se pagó
payments-every-method = De cualquier forma
payments-every-state = Cualquier estado
payments-method-online = En línea
payments-method-cash-at-venue = Efectivo en la sala
payments-method-card-at-venue = Tarjeta en la sala
payments-method-bank-transfer = Transferencia
payments-kind-refund-otherwise = Devuelto de otra forma
payments-state-booked = Anotado
payments-state-asked = Se pregunta a la puerta
payments-state-pending = En camino
payments-state-failed = Fallido
payments-state-withdrawn = Retirado
payments-kind-payment = Pagado
payments-kind-venue-sale = Vendido en la sala
payments-kind-refund = Devuelto
payments-kind-refund-bounced = Volvió del banco
payments-kind-dispute = Movido por una disputa
payments-kind-comp = Regalado
payments-totals = Lo que suma
payments-movements = Movimientos
payments-taken = Cobrado
payments-returned = Devuelto
payments-left = Queda
payments-list = Movimiento a movimiento
payments-what = Qué
payments-amount = Importe
payments-older = Anteriores
payments-none = No se ha movido dinero
payments-none-line = Nada encaja con lo elegido. Con el primer pago aparecerá aquí.
payments-away-line = No se pierde nada: los pagos siguen. Vuelve a cargar la página en un minuto.
# Aún sin anotar, o nunca.
payments-open-asked = { $count ->
    [one] 1 devolución espera a la puerta:
   *[other] { $count } devoluciones esperan a la puerta:
}
payments-open-pending = { $count ->
    [one] 1 devolución está en camino:
   *[other] { $count } devoluciones están en camino:
}
payments-open-failed = { $count ->
    [one] 1 devolución falló y requiere atención:
   *[other] { $count } devoluciones fallaron y requieren atención:
}
payments-open-withdrawn = { $count ->
    [one] 1 devolución se retiró:
   *[other] { $count } devoluciones se retiraron:
}
payments-credits = { $count ->
    [one] 1 saldo se puede gastar todavía:
   *[other] { $count } saldos se pueden gastar todavía:
}
payments-credits-lapsed = { $amount } caducó sin gastar
payments-kind-credit-sale = Pagado con saldo
