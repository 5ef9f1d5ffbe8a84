# La preventa de una noche: quien se apuntó entra antes
presale-title = Preventa
presale-registered = { $count ->
    [0] Todavía no se ha apuntado nadie.
    [one] Se ha apuntado una persona en la página de la noche.
   *[other] Se han apuntado { $count } personas en la página de la noche.
}
presale-opened = Abierta desde { $when }.
presale-told = { $count ->
    [one] Una persona tiene su propio código.
   *[other] { $count } personas tienen su propio código.
}
presale-used = { $count ->
    [0] Todavía no se ha usado ninguno.
    [one] Uno se ha usado para un pedido.
   *[other] { $count } se han usado para pedidos.
}
presale-line = Quien se apuntó recibe un correo con su propio código, que sirve para un pedido de los tipos ocultos hasta que empiece la venta para todos. No se puede deshacer.
presale-no-codes = Esta noche no tiene ningún tipo oculto. Ponle antes un código de acceso a uno: eso es lo que vende la preventa.
presale-types = Qué tipos de entrada
presale-open = Abrir la preventa
presale-refused = No se ha abierto: la noche no está a la venta, su venta ya empezó para todos o la web de entradas aún no conoce estos tipos. Míralo otra vez en un momento.
presale-away = La web de entradas no responde, así que nadie puede decir cómo va la preventa. Inténtalo de nuevo en un momento.
