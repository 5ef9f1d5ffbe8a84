# The supervisors' page at the door. Read in the dark, by somebody with a queue to answer for. Short.
door-desk-title = Mesa de la puerta
door-desk-ways = Caminos
door-desk-to-door = Volver a la puerta
door-desk-no-night = No hay noche en curso
    .next = Las noches publicadas aparecen aquí solas, hasta seis horas después de acabar.
door-desk-other-nights = Otras noches
door-desk-inside = personas dentro
door-desk-nearly-full = Casi lleno
door-desk-live = En directo
    .line = Todas las puertas, al momento
door-desk-devices = Móviles
    .line = Dar de alta uno o dejarlo fuera

door-desk-report = Informar de un incidente
    .line = Rechazo, herida, robo, daño
door-desk-report-send = Guardar
door-desk-sending = Un momento
door-desk-done-reported = Guardado. Quien supervisa ya puede leerlo.
door-desk-kind = ¿Qué es?
door-desk-kind-refused = Entrada negada
door-desk-kind-ejection = Expulsión
door-desk-kind-medical = Herida o malestar
door-desk-kind-theft = Robo
door-desk-kind-fight = Pelea
door-desk-kind-damage = Daños
door-desk-kind-other = Otra cosa
door-desk-text = Qué ha pasado
    .hint = Di lo que has visto. Deja fuera lo que supones.
door-desk-gate = Puerta
door-desk-no-gate = En ninguna puerta
door-desk-order = Referencia del pedido
    .hint = Si va de alguien con entrada. Puedes dejarlo vacío.
door-desk-photo = Foto
    .hint = De lo ocurrido, como prueba. La ven quienes supervisan y se borra a los días fijados.

door-desk-incidents = Incidentes
door-desk-incidents-count = { $count ->
    [0] Todo tranquilo
    [one] 1 esta noche
   *[other] { $count } esta noche
}
door-desk-no-incidents = No ha pasado nada
    .next = Lo que anote la puerta esta noche sale aquí.
door-desk-show-photo = Ver la foto
door-desk-photo-erased = La foto se ha borrado.
door-desk-photos-of = Fotos de este invitado
door-desk-photos-none = No hay fotos de este invitado
    .next = Las fotos se borran a los días fijados.
door-desk-photos-hint = Queda constancia de cada vez que se ve una foto.
door-desk-photo-of = El invitado de esta entrada
door-desk-photo-erase = Borrar esta foto
    .line = Hazlo si el invitado lo pide. No se puede deshacer.
door-desk-add-note = Añadir una nota
door-desk-note = Qué pasó después
door-desk-note-send = Añadir la nota

door-desk-check = Comprobar un documento
    .line = O un nombre: ¿está vetado?
door-desk-document = Número de documento
    .hint = DNI, pasaporte o carné. No lo guardamos.
    .kept = Guardamos una huella, nunca el número.
door-desk-or-name = O un nombre
door-desk-check-send = Comprobar
door-desk-checking = Comprobando
door-desk-clear = Sin veto
door-desk-banned = Acceso vetado
door-desk-banned-by-name = El nombre es el mismo. Puede ser otra persona: mira bien, pide un documento o llama a quien supervisa.
door-desk-banned-by-document = El documento es el mismo. No le dejes entrar. Llama a quien supervisa.

door-desk-bans = Vetos
door-desk-bans-count = { $count ->
    [0] Nadie está vetado
    [one] 1 persona
   *[other] { $count } personas
}
door-desk-no-bans = Nadie está vetado
    .next = Un veto para todas las entradas a ese nombre, se escriba como se escriba.
door-desk-ban-new = Vetar a alguien
door-desk-ban-hint = Escribe un nombre, un documento o su aspecto. Con uno basta.
door-desk-ban-send = Vetar
door-desk-done-banned = Veto puesto. Las entradas a ese nombre ya no pasan.
door-desk-name = Nombre
    .hint = Como en la entrada. Los acentos y el orden dan igual.
door-desk-nameless = Nombre desconocido
door-desk-looks = Qué aspecto tiene
    .hint = Lo ve quien está en la puerta. Di lo que cualquiera puede ver.
door-desk-reason = Por qué
    .hint = Solo lo leen quienes supervisan.
door-desk-span = Cuánto tiempo
door-desk-span-night = Un día
door-desk-span-month = Un mes
door-desk-span-quarter = Tres meses
door-desk-span-half = Medio año
door-desk-span-year = Un año
door-desk-span-good = Para siempre
door-desk-ban-for-good = Desde { $from }, para siempre
door-desk-ban-until = Desde { $from } hasta { $until }
door-desk-has-document = documento conocido
door-desk-ban-end = Acabar este veto
door-desk-appeal = Qué habla a su favor
door-desk-ban-end-send = Acabar el veto
door-desk-done-unbanned = El veto ha acabado. Sus entradas vuelven a pasar.
door-desk-bans-ended = Acabados

door-desk-settings = Ajustes de la puerta
    .line = Fotos y cuánto se guarda todo
door-desk-done-settings = Guardado. Los móviles ya lo siguen.
door-desk-photos = Fotos
    .hint = Apagadas si no hacen falta. Quien diga que no también entra.
door-desk-photos-on = La puerta puede hacer fotos
door-desk-photo-days = Días que se guarda una foto
    .hint = De 1 a 30. Después se borra, muestre lo que muestre.
door-desk-consent-en = Qué se pregunta, en inglés
door-desk-consent-es = Qué se pregunta, en español
door-desk-consent = Qué se pregunta
    .hint = Se lee en voz alta. Sin un sí no hay foto.
door-desk-keep = Cuánto se guarda
door-desk-ban-days = Días que se guarda un veto acabado
    .hint = De 1 a 730.
door-desk-incident-days = Días que se guarda un incidente
    .hint = De 30 a 1825.
door-desk-offline = Sin red
door-desk-data-age = Minutos hasta que un móvil avisa
    .hint = De 5 a 1440. Entonces dice que quizá sabe poco.
door-desk-save = Guardar

door-desk-error-photos-off = Las fotos están apagadas. Quien supervisa puede encenderlas.
door-desk-error-consent-required = Lee primero el texto. Sin un sí no hay foto.
door-desk-error-image-rejected = Esto no es una foto que podamos leer. Haz otra.
door-desk-error-no-document-key = Esta puerta no reconoce documentos. Usa un nombre o el aspecto.
door-desk-error-ban-ended = Alguien ya ha acabado este veto.
door-desk-error-slow-down = Demasiadas preguntas. Espera un minuto y vuelve a preguntar.
door-desk-error-too-long = Es demasiado largo. Dilo más corto.
door-desk-error-reason = Di por qué.
door-desk-error-text = Di qué ha pasado.
door-desk-error-kind = Elige qué es.
door-desk-error-who = Escribe un nombre, un documento o su aspecto.
door-desk-error-ask-what = Escribe un número de documento o un nombre.
door-desk-error-document = Esto no es un número de documento. Tiene de 5 a 24 letras y cifras.
door-desk-error-settings = Un número está fuera de su rango o falta un texto.

door-desk-inside-of = de { $limit } personas dentro
door-desk-limit = Fijar el aforo
door-desk-limit-people = Tantas personas
    .hint = Déjalo vacío si no hay límite.
door-desk-limit-note = Por qué
door-desk-limit-zone-people = Tantas personas en { $zone }
door-desk-limit-set = Fijar
door-desk-done-limit = El límite vale desde ahora, en todas las puertas.
door-desk-error-people = Escribe un número desde 1, o nada si no hay límite.
