# La lista de invitados: quién entra sin pagar, con cuántos y hasta cuándo.
guest-list-arrive-by = Deja entrar hasta { $time }, no más tarde.
guest-list-order-off = Estas entradas ya no valen
guest-list-order-off-lead = El club las ha retirado. No se pagó nada por ellas, así que no se devuelve dinero.
guest-list-mail-taken-off-subject = Lista de invitados: { $event }
guest-list-mail-taken-off = el club ha quitado plazas tuyas de su lista de invitados.
guest-list-allotment-used = El promotor puede traer { $left } más a esta noche.
guest-list-title = Lista de invitados
guest-list-link = Lista de invitados
guest-list-search = Buscar en la lista
guest-list-search-button = Buscar
guest-list-search-none = Nadie en la lista con ese nombre
guest-list-search-none-line = Prueba con parte del nombre, el promotor o la nota.
guest-list-search-clear = Ver a todos
guest-list-none = Aún no hay nadie en la lista
guest-list-none-line = Añade abajo al primer invitado. Entra sin pagar, hasta la hora límite.
guest-list-away = La web de entradas no responde, así que no se puede mostrar la lista. No se ha cambiado nada.
guest-list-sum = { $entries ->
    [one] 1 nombre
   *[other] { $entries } nombres
} · { $guests ->
    [one] 1 persona
   *[other] { $guests } personas
} · { $arrived } dentro
guest-list-guest = Invitado
guest-list-arrived = Han llegado
guest-list-arrived-of = { $arrived } de { $party }
guest-list-until = Hasta
guest-list-promoter = Promotor
guest-list-house = La casa
guest-list-party = Con
guest-list-tickets = Entradas
guest-list-remove = Quitar
guest-list-removing = Quitando
guest-list-fewer = Menos
guest-list-fewer-label = Cuántos quedan: { $name }
guest-list-waiting = Espera a la puerta
guest-list-waiting-line = Quedan { $left }. Se está preguntando a la puerta; sigue solo.
guest-list-add = Añadir a alguien
guest-list-adding = Añadiendo
guest-list-name-hint = Como figura en las entradas.
guest-list-email-hint = Allí van las entradas y la hora límite. Puede quedar vacío: entonces enseña el código de la página de las entradas.
guest-list-heads = Cuántos en total
guest-list-heads-hint = La persona y quienes la acompañan, hasta 20.
guest-list-type = Tipo de entrada
guest-list-cut-off = Hora límite
guest-list-cut-off-hint = La puerta los deja pasar hasta entonces, no más tarde. { $zone }.
guest-list-promoter-hint = De quién son. Puede quedar vacío.
guest-list-note = Nota
guest-list-note-hint = Para el equipo; los invitados no la ven.
guest-list-no-type = Esta noche no tiene un tipo de entrada para invitados
guest-list-no-type-line = Crea uno que sea la entrada de una persona, por ejemplo «Lista», y añade aquí a los invitados.
guest-list-off-sale = Se puede añadir a alguien mientras la noche está a la venta.
guest-list-allotments = Promotores
guest-list-allotments-line = Cuántos invitados puede traer cada uno a esta noche.
guest-list-allotment-places = Invitados
guest-list-allotment-places-hint = Vacío: tantos como plazas tiene la noche.
guest-list-allotment-of = { $taken } de { $places }
guest-list-allotment-open = { $taken }, sin límite
guest-list-allot = Fijar
guest-list-saving = Guardando
guest-list-done-added = { $name } está en la lista.
guest-list-done-added-line = Sus entradas
guest-list-done-removed = Fuera de la lista. Las plazas vuelven a estar libres.
guest-list-done-fewer = Vendrán menos. Las plazas vuelven a estar libres.
guest-list-done-inside = Hay gente de esta lista dentro, así que quedan { $party }. Las demás plazas vuelven a estar libres.
guest-list-done-waiting = Anotado. La puerta aún no ha respondido; las plazas quedan libres en cuanto lo haga.
guest-list-done-allotted = Fijado.
guest-list-fault-invalid-name = Hasta 100 caracteres.
guest-list-fault-invalid-email = Revísalo: nombre@ejemplo.com
guest-list-fault-invalid-quantity = Un número del 1 al 20.
guest-list-fault-invalid = Revísalo.
guest-list-fault-too-long = Más corto, por favor.
guest-list-fault-in-the-past = Ya ha pasado.
guest-list-fault-outside-the-night = Después de abrir puertas y antes de que acabe la noche.
guest-list-fault-not-for-guests = Elige un tipo que sea la entrada de una persona.
guest-list-fault-unknown-ticket-type = Este tipo ya no está a la venta.
guest-list-fault-allotment-used = Es más de lo que le queda de su cupo.
guest-list-fault-below-taken = Ya hay más invitados suyos en la lista.
guest-list-fault-sold-out = No quedan tantas.
guest-list-fault-party-only-shrinks = Un grupo solo puede hacerse más pequeño. Añade otro nombre para más.
guest-list-problem-away = La web de entradas no responde. Pulsa el mismo botón otra vez: se añade una sola vez, por mucho que preguntes.
guest-list-problem-sold-out = No quedan tantas. Lo que espera quien está en la cola es suyo primero.
guest-list-problem-allotment-used = El cupo del promotor está agotado.
guest-list-problem-not-on-sale = Esta noche no admite más invitados.
guest-list-problem-fields = Aún no se ha cambiado nada. Mira lo que está marcado.
admin-overdue-guests-leaving = { $count ->
    [one] 1 nombre de la lista de invitados espera a la puerta
   *[other] { $count } nombres de la lista de invitados esperan a la puerta
}
admin-overdue-guests-leaving-do = Sus plazas quedan libres en cuanto la puerta diga quién está dentro. No cambies nada a mano: pide que miren el servicio de la puerta.
