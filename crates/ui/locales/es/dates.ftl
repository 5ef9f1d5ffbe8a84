# Una noche con otra fecha, y una que se archiva.
dates-link = Otra fecha
dates-title = Otra fecha
dates-line = Todas las entradas siguen valiendo para la nueva fecha. Quien tenga entradas recibe un correo con ella y con cómo pedir su dinero. Las puertas abren con la misma antelación. Las ventas con final propio, las horas límite de la lista de invitados y el plazo para devolver se mueven también.
dates-tickets = { $count ->
    [one] Hay 1 entrada vendida
   *[other] Hay { $count } entradas vendidas
}
dates-new = La nueva fecha
dates-note = Lo que deben saber los asistentes
dates-note-hint = Una o dos frases para el correo: por qué, y qué sigue igual. Puede quedar vacío.
dates-sure = Sí, pasar la noche a esta fecha y escribir a quien tenga entradas
dates-do = Pasar a esta fecha
dates-busy = Cambiando …
dates-done = La noche tiene su nueva fecha. Se está escribiendo a quien tiene entradas.
dates-refused = Hay entradas vendidas para esta fecha, así que no cambia en silencio. Dale a la noche una nueva fecha: se escribe a todos los que tienen entradas y pueden recuperar su dinero. No se ha guardado nada.
dates-fault-required = Hace falta
dates-fault-in-past = Este momento ya ha pasado
dates-fault-invalid-time-range = Una noche termina después de empezar, y antes de cuatro días
dates-fault-unchanged = La noche ya está en esta fecha
dates-fault-too-long = 500 caracteres como mucho
dates-archive = Archivar
dates-archived = La noche está archivada. Sus pedidos y su dinero siguen donde estaban.
dates-nights = Noches
dates-archive-list = Archivadas
dates-archive-none = No hay noches archivadas
dates-archive-none-line = Una noche que ha pasado o se canceló se puede archivar en su página.
dates-order-title = Nueva fecha: { $to } (antes { $from })
dates-order-stays = Tus entradas siguen siendo válidas: los mismos códigos te dejan entrar.
dates-order-return = Si no te viene bien, devuélvelas aquí hasta el { $until }.
dates-order-ask = Si no te viene bien, puedes recuperar tu dinero: responde a nuestro correo sobre la nueva fecha y di cuál es tu pedido.
