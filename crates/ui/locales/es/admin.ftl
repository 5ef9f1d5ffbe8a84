# La oficina de quien lleva el club.
admin-nav-figures = Esta noche
admin-nav-events = Noches
admin-nav-orders = Pedidos
admin-nav-promos = Códigos
admin-nav-emails = Correos
admin-nav-dead-letters = Atascados
admin-role-owner = Propiedad
admin-role-manager = Gerencia
admin-role-door-staff = Puerta
admin-role-box-office = Taquilla
admin-role-door-supervisor = Jefatura de puerta
admin-role-vip-host = Anfitriona VIP
admin-role-promoter = Relaciones públicas
admin-role-marketing = Marketing
admin-role-accountant = Contabilidad

# Los tres servicios, como los llama el club.
admin-service-marketing-admin = La oficina
admin-service-purchase = La web de entradas
admin-service-scanner = La puerta

admin-sign-in-title = La oficina
admin-sign-in-line = Para quienes llevan el club.
admin-sign-in-refused = El correo y la contraseña no coinciden. No ha entrado nadie. Revisa los dos y prueba otra vez, o pide una contraseña nueva.
admin-sign-in-too-often = Demasiados intentos con esta cuenta. No ha entrado nadie. Espera cinco minutos y prueba otra vez.

admin-live-none = Recarga para ver cifras nuevas
admin-live-on = En directo
admin-live-off = Sin conexión, volviendo a intentarlo
admin-figures-title = Esta noche y las próximas
admin-figures-inside = Dentro ahora
admin-figures-sold = Entradas vendidas
admin-figures-revenue = Ingresos
admin-figures-revenue-note = sin devoluciones ni disputas, con los gastos de gestión
admin-figures-admitted = Han pasado
admin-figures-refused = Rechazos
admin-figures-of = { $count } de { $of }
admin-figures-open = Puertas abiertas
admin-figures-nights = Noche a noche
admin-figures-none = No hay noches a la venta
admin-figures-none-line = Crea una noche y publícala. Sus cifras aparecen con la primera venta.
admin-figures-sales = Ventas por día, dos semanas
admin-figures-sales-none = Nada vendido en dos semanas.
admin-figures-arrivals = Llegadas por cuarto de hora, seis horas
admin-figures-arrivals-none = Todavía no ha entrado nadie.
admin-figures-today = hoy
admin-figures-now = ahora
admin-figures-chart = { $total } en total, como mucho { $most } ({ $when })

admin-status-draft = Borrador
admin-status-published = A la venta
admin-status-cancelled = Cancelada
admin-status-archived = Archivada
admin-status-over = Terminada
admin-events-title = Noches
admin-events-night = Noche
admin-events-when = Puertas
admin-events-status = Estado
admin-events-types = Tipos de entrada
admin-events-capacity = Plazas
admin-events-past = Pasadas
admin-events-none = No hay ninguna noche próxima
admin-events-none-line = Una noche empieza como borrador que solo ve el personal.

admin-event-new = Noche nueva
admin-event-changed = Último cambio: { $when }
admin-event-saved = Guardado. Si la noche está a la venta, se ve en unos segundos.
admin-event-published = A la venta. La noche ya está en la web, y en la de entradas en unos segundos.
admin-event-faults = Aún sin guardar: hay campos que revisar.
admin-event-stale = Sin guardar: otra persona ha cambiado esta noche mientras tanto. Ábrela de nuevo en otra pestaña, compara y haz allí tu cambio.
admin-event-see = Ver en la web
admin-event-publish = Poner a la venta
admin-event-night = La noche
admin-event-title = Título
admin-event-description = Descripción
admin-event-description-hint = Texto sencillo. Una línea vacía empieza un párrafo.
admin-event-starts = Puertas
admin-event-ends = Final
admin-event-more = Horas de acceso y dirección
admin-event-entry-from = Primer acceso
admin-event-entry-from-hint = Vacío: media hora antes de abrir puertas
admin-event-entry-until = Último acceso
admin-event-entry-until-hint = Vacío: hasta el final
admin-event-slug = Dirección web
admin-event-slug-hint = Vacío: se hace con el título. Fija desde que sale a la venta.
admin-event-venue = En { $venue }.
admin-event-money = Moneda y gastos
admin-event-currency = Moneda
admin-event-fee-fixed = Gastos por entrada de pago
admin-event-fee-fixed-hint = Por ejemplo 0,50
admin-event-fee-percent = Gastos en tanto por ciento
admin-event-fee-percent-hint = Por ejemplo 2,5
admin-event-zones = Zonas
admin-event-zones-hint = Lugares a los que dan acceso las entradas. Casi siempre basta una.
admin-event-zone-name = Nombre de la zona
admin-event-add-zone = Añadir zona
admin-event-types = Tipos de entrada
admin-event-add-type = Añadir tipo de entrada
admin-event-draft-note = Al guardar queda como borrador. Solo lo ve el personal hasta que lo pongas a la venta.
admin-event-live-note = Esta noche está a la venta. Lo que guardes se ve en unos segundos.
admin-type-name = Nombre
admin-type-name-hint = Como la lee la gente, por ejemplo Anticipada
admin-type-price = Precio
admin-type-price-hint = 0 es gratis. Los gastos se suman aparte.
admin-capacity-look = Sin guardar todavía: bajas las plazas de una noche a la venta. Lo que supone está al final del formulario.
admin-capacity-not-saved = Sin guardar todavía. ¿Es lo que quieres?
admin-capacity-below = «{ $name }»: hay { $taken } vendidas o reservadas ({ $sold } vendidas, { $held } reservadas) y pones { $capacity }. No se vende ninguna más hasta que se devuelvan o caduquen suficientes; nadie pierde su entrada.
admin-capacity-away = La web de entradas no responde, así que nadie puede decir cuántas hay vendidas o reservadas. Si son más de las que pones, no se vende ninguna más hasta que se devuelvan o caduquen suficientes; nadie pierde su entrada.
admin-capacity-confirm = Guardar de todos modos
admin-type-capacity = Plazas
admin-type-capacity-hint = Cuántas se pueden vender
admin-type-more = Más
admin-type-description = Qué incluye
admin-type-description-hint = Una línea bajo el nombre
admin-type-min = Mínimo por pedido
admin-type-min-hint = Casi siempre 1
admin-type-max = Máximo por pedido
admin-type-max-hint = Casi siempre 10
admin-type-sale-from = A la venta desde
admin-type-sale-from-hint = Vacío: en cuanto la noche sale a la venta
admin-type-sale-until = A la venta hasta
admin-type-sale-until-hint = Vacío: hasta que acaba la noche
admin-type-zone = Zona
admin-type-zone-hint = A dónde da acceso: una de las zonas de arriba
admin-type-zone-first = La primera; si es un extra, la suya propia
admin-type-attention = Nota para la puerta
admin-type-attention-hint = Sale en grande en la puerta con cada entrada de este tipo, por ejemplo Mirar el DNI o Fila VIP
admin-type-remove = Retirar este tipo de la venta (las entradas vendidas siguen valiendo)

admin-publish-title = ¿Poner esta noche a la venta?
admin-publish-line = Se podrá comprar al momento. La dirección web y la moneda ya no se podrán cambiar; lo demás, sí.
admin-publish-address = Estará en { $address }
admin-publish-do = Poner a la venta

admin-fault-required = Esto hace falta.
admin-fault-too-long = Es demasiado largo.
admin-fault-out-of-range = Este número queda fuera de lo posible.
admin-fault-invalid-time-range = El final tiene que ir después del principio, como mucho cuatro días, y la venta acaba con la noche.
admin-fault-after-doors = Tiene que terminar antes de que se abran las puertas.
admin-fault-outside-doors = Tiene que estar entre la primera entrada y la última de la noche.
admin-fault-before-from = El final de la entrada tiene que ir después de su principio.
admin-fault-unknown = Aquí no existe. Revisa cómo está escrito.
admin-fault-duplicate = Ya hay otro con este nombre.
admin-fault-currency-mismatch = Todos los precios van en la moneda de la noche.
admin-fault-invalid = No se entiende. Revisa cómo está escrito.
admin-fault-fixed = Esto no cambia una vez que la noche está a la venta.
admin-fault-new-date = Hay entradas vendidas para esta fecha: dale a la noche una nueva fecha.
admin-fault-in-use = Puede haber entradas de una zona que falta aquí. Tiene que quedarse.
admin-fault-no-entry = Una noche necesita al menos un tipo de entrada que no sea un extra.
admin-fault-too-many-tickets = En un pedido caben como mucho 100 entradas, y esto por las plazas de cada compra es más.
admin-fault-below-charge = A una tarjeta se le cobran como mínimo 0,50 (euros, dólares), 0,30 (libras) o 10,00 (pesos). Con cero es gratis.
admin-fault-entry-zone = Un extra necesita una zona a la que ninguna entrada dé acceso: la puerta deja pasar a quien puede ir allí. Si la dejas vacía, tendrá la suya.
admin-fault-with-tiers = Los precios anticipados y el precio a voluntad se excluyen.
admin-fault-options = De 2 a 20 líneas de hasta 80 caracteres en cada idioma, solo para «una de varias».
admin-fault-taken = Otra noche tiene esta dirección.

admin-emails-title = Correos
admin-emails-all = Todos
admin-emails-state-waiting = En espera
admin-emails-state-sent = Enviado
admin-emails-state-dead = Sin entregar
admin-emails-state-withheld = Sin enviar: modo de prueba
admin-emails-template-order-paid = Entradas
admin-emails-template-order-refunded = Devolución
admin-emails-template-tickets-found = Entradas encontradas
admin-emails-template-ticket-transferred = Entrada traspasada
admin-emails-template-new-date = Nueva fecha
admin-emails-template-ticket-shared = Entrada compartida
admin-emails-template-sale-opened = Venta abierta
admin-emails-template-ticket-gone = Entrada ya no válida
admin-emails-template-ticket-handed-back = Entrada devuelta a quien la compró
admin-emails-template-ticket-left = Entrada que ya no es suya
admin-emails-template-table-changed = Cambios en la mesa
admin-emails-template-table-cancelled = Mesa cancelada
admin-emails-template-table-approved = Mesa aprobada
admin-emails-template-table-declined = Mesa rechazada
admin-emails-template-table-lapsed = Mesa no pagada a tiempo
admin-emails-template-table-released = Mesa liberada
admin-emails-template-table-freed = Mesa libre
admin-emails-template-table-reminder = Recordatorio de mesa
admin-emails-search = Correo o pedido
admin-emails-none = No hay correos aquí
admin-emails-none-line = Aparecen en cuanto se paga un pedido. Prueba otro estado u otra búsqueda.
admin-emails-attempts = { $count ->
    [0] sin intentos
    [one] 1 intento
   *[other] { $count } intentos
}
admin-emails-copy = copia { $number }
admin-emails-again = Enviar otra vez
admin-emails-now = Intentar ahora
admin-emails-sending = Enviando
admin-emails-done-sent = Va una copia de camino.
admin-emails-done-waiting = Es el siguiente.

admin-dead-letters-title = Mensajes atascados
admin-dead-letters-line = Avisos entre la web de entradas, la puerta y esta oficina que no se pudieron tratar. Hasta que se traten puede faltar una venta, una devolución o un cambio de entrada en la puerta o en estas cifras. Cuando la causa esté arreglada, haz que se traten otra vez.
admin-dead-letters-none = No hay nada atascado
admin-dead-letters-none-line = Cada venta, devolución y lectura está contada.
admin-dead-letters-dead = Atascado
admin-dead-letters-asked = Intentándolo
admin-dead-letters-replay = Tratar otra vez
admin-dead-letters-replay-all = Tratar otra vez los { $count }: { $service }
admin-dead-letters-done = { $count ->
    [one] Se está tratando otra vez. Si falla, vuelve aquí con el motivo.
   *[other] Se están tratando otra vez { $count }. Los que fallen vuelven aquí con el motivo.
}
admin-dead-letters-gone = Ese mensaje ya no estaba atascado. No se ha hecho nada.
admin-dead-letters-away = { $service }: ahora no responde, así que aquí falta lo que tenga atascado. Allí sigue guardado. Recarga dentro de un minuto.
admin-dead-letters-not-asked = { $service }: ahora no responde. No se ha tratado nada. Espera un minuto y prueba otra vez.
admin-dead-letters-none-known = No hay nada atascado en lo que responde
admin-dead-letters-none-known-line = Del resto no se sabe hasta que vuelva a responder.

# De qué habla un mensaje.
admin-subject-order-paid = Una venta
admin-subject-order-refunded = Una devolución
admin-subject-order-disputed = Una disputa
admin-subject-order-mail-asked = Un correo que pidió un cliente
admin-subject-ticket-changed = Un cambio de una entrada
admin-subject-ticket-scanned = Una lectura en la puerta
admin-subject-door-changed = Cómo está la puerta de una noche
admin-subject-reservation-changed = Un cambio de una reserva de mesa
admin-subject-waitlist-changed = Un cambio en la cola
admin-subject-event-changed = Un cambio de una noche
admin-subject-floorplan-changed = Un cambio en el plano de una noche
admin-subject-reservation-checked-in = El grupo de una mesa en la puerta
admin-subject-account-changed = Un cambio de una cuenta
admin-subject-promo-changed = Un cambio de un código
admin-technical-reason = Motivo técnico

admin-overdue-title = Requiere atención
admin-overdue-line = Lo que ya debería haberse resuelto solo y sigue abierto. Nada de esto se ha perdido.
admin-overdue-asked = Estado a { $time }.
admin-overdue-none = No hay nada pendiente
admin-overdue-none-line = Pedidos, devoluciones, avisos de Stripe, mensajes y correos están donde deben.
admin-overdue-none-known = No hay nada pendiente, que se sepa
admin-overdue-none-known-line = Quien ha respondido no tiene nada. Del resto no se sabe hasta que vuelva a responder.
admin-overdue-count = { $count ->
    [one] 1 asunto requiere atención
   *[other] { $count } asuntos requieren atención
}
admin-overdue-see = Qué hacer
admin-overdue-away = { $service }: ahora no responde, así que no se sabe qué espera allí. Recarga dentro de un minuto. Si sigue igual, avisa a quien lleva los servidores.
admin-overdue-away-short = { $service }: ahora no responde y no se sabe qué espera allí.
admin-overdue-stuck = Actuar
admin-overdue-late = Tarda
admin-overdue-since = { $count ->
    [one] desde { $when }
   *[other] lo más antiguo, desde { $when }
}
admin-overdue-more = y { $count } más
admin-overdue-runbook = Para quien lleva los servidores: guía { $name }
admin-overdue-refunds-failed = { $count ->
    [one] 1 devolución ha fallado
   *[other] { $count } devoluciones han fallado
}
admin-overdue-refunds-failed-do = Ese dinero se le sigue debiendo a quien compró. Busca el pago en el panel de Stripe y mira por qué falló. Después pide a quien lleva los servidores que repita la devolución, o págale de otra forma y dilo en la página del pedido (Pagado de otra forma).
admin-overdue-disputes = { $count ->
    [one] 1 disputa por responder
   *[other] { $count } disputas por responder
}
admin-overdue-disputes-do = El banco de un cliente retira el dinero, o pregunta por él. Abre las pruebas y responde en Stripe antes de la fecha límite, o déjalo; si nadie responde, el dinero se pierde.
admin-overdue-quarantine = { $count ->
    [one] 1 pago por revisar
   *[other] { $count } pagos por revisar
}
admin-overdue-quarantine-do = Dinero que no encaja con ningún pedido, o una devolución hecha en Stripe de más de lo que quedaba. Búscalo en el panel de Stripe, devuelve allí el dinero si se debe, y haz que quien lleva los servidores anote lo que se hizo, o contabilice la devolución en lugar de las que fallaron.
admin-overdue-webhooks-waiting = { $count ->
    [one] 1 aviso de Stripe espera
   *[other] { $count } avisos de Stripe esperan
}
admin-overdue-webhooks-waiting-do = Quien ya ha pagado puede seguir esperando sus entradas. Se vuelve a intentar solo. Si el número crece, Stripe no responde: mira status.stripe.com y di en la puerta que su pago está a salvo.
admin-overdue-orders-past-hold = { $count ->
    [one] 1 pedido ha pasado su plazo
   *[other] { $count } pedidos han pasado su plazo
}
admin-overdue-orders-past-hold-do = Las plazas siguen guardadas hasta que Stripe diga si se pagaron, así que nadie más puede comprarlas. No cambies nada a mano. Si Stripe funciona, pide a quien lleva los servidores que mire la web de entradas.
admin-overdue-attempts-unknown = { $count ->
    [one] 1 página de pago está en duda
   *[other] { $count } páginas de pago están en duda
}
admin-overdue-attempts-unknown-do = Stripe no ha dicho si llegó a abrir la página. Se le pregunta otra vez sin que nadie haga nada, y a nadie se le cobra dos veces. Si sigue así, Stripe no responde o rechaza nuestra clave.
admin-overdue-guests-leaving = { $count ->
    [one] 1 nombre de la lista de invitados espera a la puerta
   *[other] { $count } nombres de la lista de invitados esperan a la puerta
}
admin-overdue-guests-leaving-do = Sus plazas quedan libres en cuanto la puerta diga quién está dentro. No cambies nada a mano: pide a quien lleva los servidores que mire el servicio de la puerta.
admin-overdue-refunds-pending = { $count ->
    [one] 1 devolución tarda
   *[other] { $count } devoluciones tardan
}
admin-overdue-refunds-pending-do = La puerta aún no ha dicho quién está dentro, o Stripe aún no la ha confirmado; la página del pedido dice cuál. A los dos se les pregunta otra vez sin que nadie haga nada. A quien pregunte: el dinero no se ha perdido y llega unos días después de que Stripe confirme.
admin-overdue-outbox-unsent = { $count ->
    [one] 1 mensaje sin enviar
   *[other] { $count } mensajes sin enviar
}
admin-overdue-outbox-unsent-do = Lo que pasó aquí aún no se sabe en otra parte: entradas en la puerta, ventas en estas cifras. Se envía solo en cuanto vuelva la línea entre los servicios. Si sigue igual, avisa a quien lleva los servidores.
admin-overdue-dead-letters = { $count ->
    [one] 1 mensaje atascado
   *[other] { $count } mensajes atascados
}
admin-overdue-dead-letters-do = Hasta que se trate puede faltar una venta, una devolución o un cambio de entrada en la puerta o en estas cifras. Lee por qué; cuando la causa esté arreglada, haz que se trate otra vez.
admin-overdue-emails-dead = { $count ->
    [one] 1 correo sin entregar
   *[other] { $count } correos sin entregar
}
admin-overdue-emails-dead-do = Confirma la dirección con quien compró y envíalo otra vez. En la página del pedido están las mismas entradas.
admin-overdue-emails-waiting = { $count ->
    [one] 1 correo va con retraso
   *[other] { $count } correos van con retraso
}
admin-overdue-emails-waiting-do = Ahora Resend no los acepta; se vuelve a intentar solo. A quien llegue a la puerta sin correo: la página del pedido tiene los mismos códigos.
admin-overdue-unknown = { $count ->
    [one] 1 asunto que esta oficina no conoce
   *[other] { $count } asuntos que esta oficina no conoce
}
admin-overdue-unknown-do = El servicio es más nuevo que esta oficina. Pregunta a quien lleva los servidores qué significa.
admin-waitlist-title = Lista de espera
admin-waitlist-away = La web de entradas no responde: ahora mismo no se puede mostrar la lista de espera.
admin-waitlist-waiting = { $count ->
    [0] nadie espera
    [one] 1 persona espera ({ $tickets } entradas)
   *[other] { $count } personas esperan ({ $tickets } entradas)
}
admin-waitlist-offers = { $count ->
    [0] ninguna oferta abierta
    [one] 1 oferta abierta
   *[other] { $count } ofertas abiertas
}
admin-waitlist-claimed = { $count ->
    [0] ninguna aprovechada aún
    [one] 1 aprovechada
   *[other] { $count } aprovechadas
}
admin-emails-template-waitlist-joined = En la cola
admin-emails-template-waitlist-offered = Oferta de la lista de espera
admin-overdue-cancellations-open = { $count ->
    [one] Una noche cancelada no ha devuelto todo el dinero
   *[other] { $count } noches canceladas no han devuelto todo el dinero
}
admin-overdue-cancellations-open-do = Sigue sola, pedido a pedido. La página de la noche dice cuánto falta: mira allí si hay devoluciones que esperan o han fallado. Si nada avanza, pide a quien lleva los servidores que mire la web de entradas.
admin-overdue-new-dates-untold = { $count ->
    [one] Falta avisar a los clientes de la nueva fecha de una noche
   *[other] Falta avisar a los clientes de { $count } nuevas fechas
}
admin-overdue-new-dates-untold-do = Sus entradas valen y la página de la noche tiene la fecha; lo que falta es el correo. Se vuelve a intentar solo. Si sigue así, pide a quien lleva los servidores que lo mire y, mientras tanto, escribe tú a los clientes.
admin-overdue-offers-past-time = { $count ->
    [one] Una oferta de la lista de espera pasó de hora
   *[other] { $count } ofertas de la lista de espera pasaron de hora
}
admin-overdue-offers-past-time-do = Las plazas que guardan deberían haber pasado solas a la siguiente persona. No cambies nada a mano: pide a quien lleva los servidores que mire la web de entradas.
