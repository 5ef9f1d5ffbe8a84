### Mesas de una noche: el plano y la hoja de una mesa.

tables-title = Mesas
tables-page-title = Mesas · { $night }
tables-lead = Elige una mesa en el plano o en la lista. La señal se paga ahora y se descuenta de tu cuenta en el club.
tables-party = ¿Cuántas personas sois?
tables-party-show = Ver mesas
tables-free = { $count ->
    [0] Ahora mismo no hay mesas libres. Una apartada puede volver en unos minutos.
    [one] Hay 1 mesa libre.
   *[other] Hay { $count } mesas libres.
}
tables-from = desde { $amount } de consumo mínimo
tables-on-night = Una mesa propia para todo el grupo, con la entrada de todos incluida.
tables-see-plan = Ver el plano

tables-plan = Plano
tables-plan-region = Plano; se desplaza en ambas direcciones
tables-plan-hint = Todas las mesas del plano están también en la lista de abajo.
tables-zoom = Zoom
tables-zoom-in = Más grande
tables-zoom-out = Más pequeño
tables-zoom-whole = Plano entero
tables-legend = Qué significan las tramas
tables-feature-stage = Escenario
tables-feature-bar = Barra
tables-feature-door = Entrada
tables-feature-dance-floor = Pista
tables-list-title = Mesa por mesa

tables-table = Mesa { $label }
tables-seats = { $seats ->
    [one] para 1 persona
   *[other] hasta { $seats } personas
}
tables-minimum = consumo mínimo { $amount }
tables-no-minimum = sin consumo mínimo
tables-deposit = { $amount } de señal ahora
tables-no-deposit = nada que pagar ahora
tables-choose = Elegir
tables-choose-name = Elegir { $name }
tables-state-free = Libre
tables-state-held = Apartada
tables-state-taken = Ocupada
tables-state-kept = No disponible

tables-live-fresh = El club ha cambiado el plano.
tables-live-load = Ver el nuevo
tables-live-gone = Aquí ya no se pueden reservar mesas.

tables-back = Volver al plano
tables-minimum-label = Consumo mínimo
tables-deposit-label = Señal, se paga ahora
tables-balance-label = Queda por pagar en el club
tables-minimum-line = El mínimo es lo menos que tu grupo consume en la mesa. La señal se descuenta de él, y también cuenta lo que pidas de antemano.
tables-includes-label = Incluye
tables-passes = Cada persona de la mesa tiene su propio pase: después de reservar los envías con un solo enlace.
tables-held-title = Alguien está pagando esta mesa
tables-held-line = Si no lo hace, quedará libre en unos minutos. Vuelve a mirar o elige otra.
tables-taken-title = Esta mesa está ocupada
tables-taken-line = El plano muestra cuáles están libres.
tables-other = Ver las otras mesas
tables-refused = La mesa aún no está reservada
tables-form-title = Resérvala
tables-people = Personas, contándote a ti
tables-arrives = ¿A qué hora llegáis?
tables-occasion = ¿Qué celebráis?
tables-occasion-hint = Si hay algo: un cumpleaños, una despedida, un viernes.
tables-wish = ¿Algo que debamos saber?
tables-wish-hint = Alergias, una silla de ruedas, una tarta: el club lo lee antes de que lleguéis.
tables-host = Un anfitrión que conoces
tables-host-hint = Por su nombre, si alguien del club debe atenderos.
tables-more = Deseos para la noche
tables-bottles = Pedir de antemano
tables-bottles-hint = Se paga en el club y cuenta para tu mínimo.
tables-bottle-many = Cuántas: { $name }
tables-you = Quién reserva
tables-name-hint = La mesa estará a este nombre.
tables-email-hint = Allí van la confirmación y los pases.
tables-book = Reservar esta mesa
tables-booking = Apartando tu mesa
tables-form-ask = Pídela
tables-ask = Pedir esta mesa
tables-asking = Enviando tu petición
tables-pay-later = Si el club dice que sí
tables-promise-ask = El club responde por correo. No se cobra nada y la mesa no se aparta hasta que diga que sí; entonces pagas la señal con el enlace de ese correo.
tables-pay-now = Señal que pagas ahora
tables-late = { $minutes ->
    [one] ¿Llegáis tarde? Si 1 minuto después de esa hora no ha venido nadie, el club puede dar la mesa a otras personas y quedarse la señal.
   *[other] ¿Llegáis tarde? Si { $minutes } minutos después de esa hora no ha venido nadie, el club puede dar la mesa a otras personas y quedarse la señal.
}
tables-late-free = { $minutes ->
    [one] ¿Llegáis tarde? Si 1 minuto después de esa hora no ha venido nadie, el club puede dar la mesa a otras personas.
   *[other] ¿Llegáis tarde? Si { $minutes } minutos después de esa hora no ha venido nadie, el club puede dar la mesa a otras personas.
}
tables-promise = La señal se paga en la página siguiente. Mientras tanto la mesa está apartada para ti, y no se cobra nada hasta que confirmes.
tables-promise-free = Ahora no hay nada que pagar: la mesa es tuya en cuanto la reserves.
