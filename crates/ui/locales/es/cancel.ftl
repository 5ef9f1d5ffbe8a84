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
cancel-keep = Mantener la noche
cancel-busy = Cancelando …
cancel-progress-link = Cómo van las devoluciones
cancel-progress-title = Cancelada: { $title }
cancel-progress-waiting = La web de entradas aún no lo sabe. Tarda uno o dos segundos.
cancel-progress-away = La web de entradas no responde. El trabajo sigue allí de todos modos; mira dentro de un minuto.
cancel-progress-done = Todo el mundo ha recuperado su dinero
cancel-progress-done-failed = Todo hecho salvo lo que falló. Mira lo que requiere atención.
cancel-progress-done-venue = Todo hecho salvo lo que espera en la sala
cancel-progress-going = Se está devolviendo el dinero
cancel-progress-line = Sigue solo, aunque cierres esta página.
cancel-progress-orders = Pedidos anulados
cancel-progress-money = Dinero devuelto por Stripe
cancel-progress-holds = { $count ->
    [one] Aún se está cerrando 1 página de pago.
   *[other] Aún se están cerrando { $count } páginas de pago.
}
cancel-progress-failed = { $count ->
    [one] 1 devolución falló
   *[other] { $count } devoluciones fallaron
}
cancel-progress-at-venue = { $count ->
    [one] 1 pedido se pagó en la sala: { $amount } esperan allí.
   *[other] { $count } pedidos se pagaron en la sala: { $amount } esperan allí.
} Sus entradas ya no valen. Devuelve el dinero cuando venga el cliente, y anótalo en la página del pedido.
cancel-progress-of = { $done } de { $all }
