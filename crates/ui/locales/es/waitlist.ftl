# La cola de un tipo de entrada agotado.

# En la página de la noche
waitlist-title = ¿Agotadas? Ponte a la cola
waitlist-lead = Cuando una entrada queda libre, es para quien llegó primero. Recibes un correo y te guardamos las entradas mientras decides. Esperar no cuesta nada.
waitlist-first-choice = Lo que queda libre es primero para quienes están en la cola.
waitlist-type = Qué entrada
waitlist-party = Cuántas
waitlist-party-hint = { $most ->
    [one] Una por persona.
   *[other] Hasta { $most }. Te las ofrecemos todas juntas.
}
waitlist-email-hint = Ahí te llegan la oferta y el enlace a tu sitio en la cola.
waitlist-join = Ponerme a la cola
waitlist-joining = Poniéndote a la cola
waitlist-joined = Estás en la cola: { $name }
waitlist-joined-line = Te hemos enviado un correo con el enlace a tu sitio. Con él ves cuánto te falta y sales de la cola si cambias de idea. Si ya estabas, ese correo te llegó antes y conservas tu sitio.

# La página de cada persona
waitlist-waiting = Estás en la cola
waitlist-waiting-lead = Tienes el número { $place }. En cuanto haya entradas para ti, escribimos a { $email } y te las guardamos.
waitlist-offered = Aquí están tus entradas
waitlist-offered-lead = Te las guardamos hasta el { $until }. Después pasan a la siguiente persona de la cola.
waitlist-lapsed = Esta oferta caducó
waitlist-lapsed-lead = Nadie la aprovechó a tiempo, así que pasó a la siguiente persona. Puedes ponerte otra vez a la cola.
waitlist-left = Has salido de la cola
waitlist-left-lead = Ya no te escribiremos sobre ella.
waitlist-closed = Esta cola está cerrada
waitlist-closed-lead = Ya no se venden más entradas. No se ha cobrado nada.
waitlist-fewer-hint = Hasta { $most }. Si sois menos, las demás pasan a la siguiente persona.
waitlist-total = { $wish }: { $total } en total
waitlist-claim = Ir al pago
waitlist-decline = No las quiero
waitlist-decline-line = ¿Has cambiado de idea? Entonces avisamos enseguida a la siguiente persona.
waitlist-leave = Salir de la cola
waitlist-leave-line = ¿Al final no vienes? Sal, y la cola avanza. No se puede deshacer.
waitlist-leaving = Un momento
waitlist-keep-link = Esta página es solo tuya: quien tenga su dirección puede quedarse con tus entradas.

shared-error-line-not-needed = Vuelve a haber entradas: puedes comprarlas aquí mismo.
    .meaning = No hace falta que esperes.
    .next = Elígelas arriba.
shared-error-invalid-party = { $most ->
    [one] Puedes esperar por una entrada.
   *[other] Elige un número del 1 al { $most }.
}
    .meaning = Solo podemos guardar las que caben en un pedido.
    .next = Elige otro número.
shared-error-offer-over = Esta oferta ya terminó.
    .meaning = Se aprovechó, se rechazó o caducó. No se ha cobrado nada.
    .next = Mira en la página de la noche lo que hay.

# Correos
email-waitlist-joined-subject = Estás en la cola: { $event }
email-waitlist-joined-line = estás en la cola para { $count } × { $type }. Cuando haya entradas para ti, te escribimos y te las guardamos mientras decides.
email-waitlist-joined-button = Ver mi sitio en la cola
email-waitlist-joined-leave = En la misma página puedes salir de la cola. El enlace es personal.
email-waitlist-offered-subject = Aquí están tus entradas: { $event }
email-waitlist-offered-line = han quedado entradas libres y te toca: { $count } × { $type }.
email-waitlist-offered-until = Te las guardamos hasta
email-waitlist-offered-after = Después pasan a la siguiente persona. No se cobra nada hasta que confirmes.
email-waitlist-offered-button = Quedarme mis entradas
email-waitlist-offered-leave = ¿Ya no las quieres? Dilo en la misma página y avisamos enseguida a la siguiente persona. El enlace es personal.

# La oficina
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
admin-overdue-offers-past-time = { $count ->
    [one] Una oferta de la lista de espera pasó de hora
   *[other] { $count } ofertas de la lista de espera pasaron de hora
}
admin-overdue-offers-past-time-do = Las plazas que guardan deberían haber pasado solas a la siguiente persona. No cambies nada a mano: pide que miren la web de entradas.
