# La página de la oficina con la sala de espera de una noche
waiting-room-title = Sala de espera
waiting-room-link = Sala de espera
waiting-room-line = Cuando llega más gente de la que la web de entradas debe atender a la vez, espera por orden de llegada y cada minuto pasan unas cuantas personas a elegir y comprar.
waiting-room-now = Cómo está
waiting-room-away = La web de entradas no responde, así que no se puede mostrar cómo está la sala de espera. Lo guardado sigue valiendo.
waiting-room-is-open = Abierta
waiting-room-is-closed = Cerrada
waiting-room-open = Desde { $time }.
waiting-room-closed = Nadie espera: todo el mundo elige y compra al momento.
waiting-room-waiting = Esperan ahora
waiting-room-speed = Ritmo reciente
waiting-room-speed-of = { $count } por minuto
waiting-room-wait = Quien llega ahora espera
waiting-room-wait-none = nada
waiting-room-wait-minutes = { $count ->
    [one] alrededor de un minuto
   *[other] unos { $count } minutos
}
waiting-room-switch = Cuándo se abre
waiting-room-automatic = Automática
waiting-room-automatic-hint = { $count ->
    [one] Se abre cuando llega a la compra más de una persona por segundo, y se cierra un minuto después de que entre la última.
   *[other] Se abre cuando llegan a la compra más de { $count } personas por segundo, y se cierra un minuto después de que entre la última.
}
waiting-room-automatic-never = Aquí no se abre por sí sola.
waiting-room-hold-open = Abierta
waiting-room-hold-open-hint = Sigue abierta hasta que lo cambies o acabe la noche. Ponla antes de una venta que vaya a ser muy solicitada.
waiting-room-keep-closed = Cerrada
waiting-room-keep-closed-hint = Nadie espera, llegue quien llegue. Quienes esperan ahora entran de una vez.
waiting-room-rate = Personas que entran por minuto
waiting-room-rate-hint = Vacío: las de siempre, { $count } por minuto. Todo el mundo conserva su sitio.
waiting-room-rate-fault = Escribe un número entero de 1 a { $most }, o déjalo vacío.
waiting-room-set = Guardar
waiting-room-setting = Guardando…
waiting-room-done = Guardado. Vale desde ahora mismo.
waiting-room-problem-away = La web de entradas no responde, así que no se sabe si esto quedó guardado. Mira cómo está y guárdalo otra vez.
waiting-room-problem-not-on-sale = Esta noche no está a la venta, así que no hay nada que esperar. No se ha cambiado nada.
waiting-room-problem-unknown = La web de entradas aún no sabe de esta noche. Prueba otra vez en un minuto.
waiting-room-problem-fields = Todavía no se ha cambiado nada. Mira lo que está marcado abajo.
