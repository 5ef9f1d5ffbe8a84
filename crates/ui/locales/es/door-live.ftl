# Todas las puertas en una página, para quien responde de la puerta: se lee al pasar, en un móvil o en una pantalla tras la barra.
door-live-title = Todas las puertas
door-live-nights = Noches
door-live-on = En directo
door-live-off = Sin conexión, reintentando
door-live-still = Recarga para ver las cifras nuevas
door-live-inside = Cuánta gente hay dentro
door-live-inside-word = dentro
door-live-of = de { $limit }
door-live-zone-full = Esta zona está completa: sale uno, entra uno.
door-live-share = { $percent } %
door-live-no-limit = Esta noche no tiene aforo fijado.
door-live-near = Casi lleno: { $count ->
    [one] cabe una persona más
   *[other] caben { $count } más
}
door-live-full = Aforo completo: sale uno, entra uno
door-live-gates = Puertas
door-live-now-rate = escaneos en el último minuto
door-live-five-rate = por minuto en cinco
door-live-admitted = Entraron
door-live-denied = Rechazos
door-live-left = Salieron
door-live-denials = Rechazos
door-live-denials-none = Nadie por ahora.
door-live-arrivals = Llegadas
door-live-came = han entrado
door-live-of-sold = de { $sold } entradas
door-live-arrivals-none = Todavía no ha entrado nadie.
door-live-chart-told = Han entrado { $came } de { $sold } entradas. Lo mismo, en tabla, debajo.
door-live-as-table = Lo mismo en tabla
door-live-from = Desde
door-live-came-then = Entraron
door-live-total = En total
door-live-now = ahora
door-live-devices = Móviles
door-live-devices-none = No hay ningún móvil dado de alta para esta noche.
door-live-device-seen = En línea
door-live-device-silent = Sin señal
door-live-device-away = Sin usar
door-live-any-gate = Cualquier puerta
door-live-battery = Batería
door-live-data = Datos de
door-live-queue = En cola
door-live-seen = Visto
door-live-nothing = –
door-live-no-device = un móvil sin dar de alta
door-live-unknown-ticket = Una entrada que esta puerta no conoce
door-live-conflicts = { $count ->
    [one] Un acceso por revisar
   *[other] { $count } accesos por revisar
}
door-live-conflicts-line = Un móvil lo decidió mientras no tenía red. Busca a la persona y anota lo que has visto.
door-live-twice = Dos móviles dejaron pasar la misma entrada.
door-live-no-good = No debía haber pasado: { $reason }.
door-live-although = Ha pasado, aunque: { $reason }.
door-live-phone-said-no = El móvil dijo que no: { $reason }. El club había dejado pasar a esta persona, pero su respuesta llegó tarde: la entrada consta como dentro.
door-live-note = Qué has visto
door-live-close = Resuelto
door-live-close-failed = No se ha guardado. Inténtalo otra vez.

# En el panel de quien dirige el club.
door-live-desk-link = Todas las puertas
door-live-desk-near = Casi lleno
door-live-desk-nearly = { $count ->
    [one] Casi lleno: cabe una persona más
   *[other] Casi lleno: caben { $count } más
}
door-live-desk-full = Completo
door-live-desk-conflicts = { $count ->
    [one] Pasó una entrada que no debía: mírala
   *[other] Pasaron { $count } entradas que no debían: míralas
}
door-live-desk-silent = { $count ->
    [one] Un móvil de la puerta no da señal
   *[other] { $count } móviles de la puerta no dan señal
}
door-live-desk-waiting = { $count ->
    [one] Una lectura espera en un móvil
   *[other] { $count } lecturas esperan en los móviles
}
