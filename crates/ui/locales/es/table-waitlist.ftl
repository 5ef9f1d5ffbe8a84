### Quién espera una mesa: el formulario del plano, la página del enlace del correo, el correo y lo que lee el equipo.

table-waitlist-title = Avisadme cuando quede una mesa libre
table-waitlist-lead = Todas las mesas para tu grupo están apartadas u ocupadas. Deja tu correo y te escribimos cuando una quede libre. No podemos guardártela: es de quien primero la reserve.
table-waitlist-email-hint = Te escribimos sobre mesas libres de esta noche, y sobre nada más.
table-waitlist-join = Avisadme
table-waitlist-joining = Lo anotamos
table-waitlist-joined = Te escribiremos cuando quede una mesa libre
table-waitlist-joined-line = Escribimos primero a quien antes se apuntó. La mesa es de quien primero la reserve, así que date prisa cuando llegue el correo.
table-waitlist-free = Ahora mismo hay una mesa libre para ti
table-waitlist-free-line = No hace falta esperar: elígela en el plano o en la lista.
table-waitlist-error-party = { $most ->
    [one] La mesa más grande es para 1 persona.
   *[other] Elige un número del 1 al { $most }: en ninguna mesa caben más.
}
table-waitlist-error-name = Necesitamos un nombre: hasta 100 letras, sin enlaces ni caracteres ocultos.
table-waitlist-leave-title = ¿No quieres más correos sobre mesas libres?
table-waitlist-leave-lead = Dejaremos de escribirte cuando quede libre una mesa de esta noche.
table-waitlist-leave-button = No me escribáis más
table-waitlist-left = Ya no esperas una mesa
table-waitlist-left-lead = No te escribiremos cuando quede libre una mesa de esta noche.

table-waitlist-mail-subject = Hay una mesa libre: { $event }
table-waitlist-mail-line = ha quedado libre una mesa para { $party ->
    [one] una persona
   *[other] { $party } personas
}: la mesa { $label }, { $seats ->
    [one] para 1 persona.
   *[other] para hasta { $seats } personas.
}
table-waitlist-mail-alone = No está guardada para ti: cualquiera puede reservarla, y es de quien primero lo haga.
table-waitlist-mail-told = No está guardada para ti. Hemos avisado a { $count } grupos a la vez, cualquier otra persona también puede reservarla, y es de quien primero lo haga.
table-waitlist-mail-button = Reservar la mesa
table-waitlist-mail-on = Si ya no está, sigues esperando: te escribimos cuando quede libre otra.
table-waitlist-mail-leave = No me escribáis más sobre mesas

table-waitlist-desk-title = Esperan una mesa
table-waitlist-desk-away = El sitio de entradas no responde: no se puede mostrar quién espera una mesa.
table-waitlist-desk-waiting = { $count ->
    [one] Espera 1 grupo
   *[other] Esperan { $count } grupos
} ({ $people ->
    [one] 1 persona
   *[other] { $people } personas
})
table-waitlist-desk-told = { $count ->
    [0] a ninguno se le ha avisado aún de una mesa libre
    [one] a 1 se le ha avisado de una mesa libre
   *[other] a { $count } se les ha avisado de una mesa libre
}
table-waitlist-desk-size = { $parties } × { $party ->
    [one] 1 persona
   *[other] { $party } personas
}
