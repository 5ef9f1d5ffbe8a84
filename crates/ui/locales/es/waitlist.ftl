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
waitlist-offered = Te toca
waitlist-offered-lead = Te guardamos las entradas hasta el { $until }. Después pasan a la siguiente persona de la cola.
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

# Who paid when the places were gone
waitlist-late-title = ¿Quieres esperar?
waitlist-late-lead = Escribimos a { $email } en cuanto queden plazas, y te las guardamos. Esperar no cuesta nada.
waitlist-late-party = Cuántas { $name }
waitlist-late-none = Ahora no hay nada que esperar
waitlist-late-none-lead = Vuelve a haber plazas de este tipo a la venta, o la lista está cerrada. Tu dinero va de vuelta.
