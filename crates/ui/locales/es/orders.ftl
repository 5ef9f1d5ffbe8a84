# Pedidos en la oficina, y su devolución.
admin-nav-orders = Pedidos
orders-title = Pedidos
orders-search = Referencia, correo o nombre
orders-night = Noche
orders-every-night = Noches próximas y recientes
orders-look = Buscar
orders-order = Pedido
orders-buyer = Cliente
orders-state = Estado
orders-none = No hay ningún pedido así
orders-none-line = Prueba con la referencia del correo, la dirección completa, o parte del nombre eligiendo la noche.
orders-away = La web de entradas no responde
orders-away-line = Los pedidos se consultan allí. La venta puede estar afectada. Vuelve a probar en un minuto.
orders-state-paid = Pagado
orders-state-pending = Espera el pago
orders-state-expired = Caducado
orders-state-refunded = Devuelto
orders-made = Comprado { $when }
orders-promo = Código { $code }
orders-line-discount = Código { $label }
orders-line-fee = Gastos de gestión, { $label }
orders-line-tax = Impuesto, { $label }
orders-money = Pagos
orders-money-none = No se pagó nada.
orders-money-what = Qué
orders-money-when = Cuándo
orders-money-amount = Importe
orders-money-paid = Pagado con tarjeta, { $id }
orders-money-captured = Recibido
orders-tickets = Entradas
orders-tickets-none = No se emitió ninguna entrada.
orders-ticket-valid = Válida
orders-ticket-cancelled = Anulada
orders-ticket-refunded = Devuelta
orders-ticket-revoked = Sustituida
orders-ticket-blocked = Bloqueada
orders-without-fee = { $amount } sin los gastos
orders-scope-payment = Todo el pago
orders-scope-order = Todo el pedido
orders-scope-tickets = Entradas
orders-scope-amount = Un importe
orders-reason-late-payment = pagado tarde
orders-reason-second-payment = pagado dos veces
orders-reason-amount-mismatch = otro importe que el pedido
orders-reason-event-off-sale = la noche no estaba a la venta
orders-reason-staff = por el personal
orders-reason-guest = por el cliente
orders-reason-night-cancelled = la noche se canceló
orders-refund-asked = Espera a la puerta
orders-refund-pending = En camino
orders-refund-succeeded = Enviado por Stripe
orders-refund-failed = Falló
orders-refund-withdrawn = No hecho: está dentro
orders-refund = Devolver dinero
orders-refund-all = Todo lo que queda: { $amount }, o todo menos los gastos. Ninguna entrada servirá ya.
orders-refund-tickets = Las entradas marcadas arriba. Dejan de servir.
orders-refund-amount = Un importe. Las entradas siguen siendo válidas.
orders-refund-amount-hint = Solo para la tercera opción, por ejemplo 12,50
orders-refund-keep = El club se queda los gastos de gestión
orders-refund-reason = Por qué
orders-refund-reason-hint = Para el registro. El cliente no lo ve.
orders-refund-line = Stripe lo envía a la tarjeta de origen y el cliente recibe un correo. Antes se pregunta a la puerta si alguien ha entrado con estas entradas.
orders-refund-do = Devolver
orders-refund-busy = Preguntando a la puerta …
orders-done-refund = El dinero va de vuelta
orders-done-asked = La puerta aún no ha respondido. La devolución la espera y sigue sola.
orders-inside-title = Ya está dentro
orders-inside-line = { $name }, desde { $time }, { $gate }
orders-inside-ask = Aún no se ha devuelto nada. ¿Devolver { $amount } de todos modos? Ya están dentro, y las entradas dejarán de servir.
orders-inside-anyway = Devolver de todos modos
orders-fault-nothing = No se ha devuelto nada.
orders-fault-no-ticket = Marca las entradas que se devuelven
orders-fault-no-reason = Di por qué, para el registro
orders-fault-amount = El importe debe ser mayor que cero, por ejemplo 12,50
orders-fault-exceeds = Es más de lo que queda de lo pagado
orders-fault-state = Este pedido, o una de estas entradas, ya se devolvió o nunca se pagó
orders-fault-away = La web de entradas no respondió a tiempo. Mira los pagos antes de volver a intentarlo
orders-fault-other = No se ha podido hacer

# Una noche cancelada.
cancel-link = Cancelar esta noche
cancel-title = Cancelar la noche
cancel-line = Ya no se podrá comprar. Las páginas de pago abiertas se cierran. Quien pagó lo recupera todo, gastos incluidos, y recibe un correo. Ninguna entrada servirá en la puerta. No se puede deshacer.
cancel-figures = { $orders ->
    [one] 1 pedido
   *[other] { $orders } pedidos
} · { $tickets ->
    [one] 1 entrada
   *[other] { $tickets } entradas
} · { $amount }
cancel-sure = Sí, cancelar «{ $title }» y devolver todo el dinero
cancel-sure-missing = Marca la casilla para confirmarlo
cancel-do = Cancelar la noche
cancel-busy = Cancelando …
cancel-progress-title = Cancelada: { $title }
cancel-progress-waiting = La web de entradas aún no lo sabe. Tarda uno o dos segundos.
cancel-progress-away = La web de entradas no responde. El trabajo sigue allí de todos modos; mira dentro de un minuto.
cancel-progress-done = Todo el mundo tiene su dinero
cancel-progress-done-failed = Todo hecho salvo lo que falló. Mira qué necesita a una persona.
cancel-progress-going = El dinero va de vuelta
cancel-progress-line = Sigue solo, aunque cierres esta página.
cancel-progress-orders = Pedidos recogidos
cancel-progress-money = Dinero devuelto por Stripe
cancel-progress-holds = { $count ->
    [one] Aún se está cerrando 1 página de pago.
   *[other] Aún se están cerrando { $count } páginas de pago.
}
cancel-progress-failed = { $count ->
    [one] 1 devolución falló
   *[other] { $count } devoluciones fallaron
}
cancel-progress-of = { $done } de { $all }
