# Lo que dicen todas las páginas. Los errores tienen tres partes: qué pasó, .meaning para la persona o su dinero, .next qué hacer ahora.

shared-club = Maguey
shared-skip = Ir al contenido
shared-nav = Principal
shared-footer-nav = Nuestros sitios
shared-footer-line = Las entradas solo se venden aquí. Cada entrada abre la puerta una vez.
shared-other-language = English
shared-sign-in = Entrar
shared-sign-out = Salir
shared-nights = Noches
shared-tickets-site = Entradas
shared-find-tickets = Encontrar mis entradas
shared-for-staff = Personal
shared-write-to-us = Escríbenos
shared-desk = Oficina
shared-door = Puerta
shared-see-nights = Ver las noches
shared-try-again = Probar otra vez
shared-back-to-door = Volver a la puerta
shared-back-to-desk = Volver a la oficina
shared-buy = Comprar
shared-total = Total
shared-incl-fee = gastos incl.
shared-free = Gratis
shared-sold-out = Agotado
shared-email = Correo electrónico
shared-name = Nombre
shared-password = Contraseña
shared-save = Guardar
shared-cancel = Cancelar
shared-one-less = Una menos: { $name }
shared-one-more = Una más: { $name }
shared-working = Un momento
shared-saving = Guardando
shared-signing-in = Entrando
shared-tickets = { $count ->
    [one] { $count } entrada
   *[other] { $count } entradas
}

# Fechas. Los días se cuentan desde el lunes = 1.
shared-weekday = { $day ->
    [1] lunes
    [2] martes
    [3] miércoles
    [4] jueves
    [5] viernes
    [6] sábado
   *[7] domingo
}
shared-month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
shared-date = { $weekday } { $day } de { $month } de { $year }
shared-zone = hora de { $city }
shared-night = Noche del { $weekday }, puertas a { $doors }, hasta { $until } del { $end-weekday }
shared-night-after-midnight = Noche del { $weekday }, puertas a { $doors } (ya { $start-weekday }), hasta { $until }
shared-night-short = Noche del { $weekday }, puertas a { $doors }, hasta { $until }
shared-night-days = Desde la noche del { $weekday }, puertas a { $doors }, hasta { $until } del { $end-weekday }
shared-day = El { $weekday }, puertas a { $doors }, hasta { $until }

# Beside an error's reference
shared-reference-for-staff = Para quien lleva los servidores:
shared-reference-write-to = Escribe a
shared-reference-name-it = Indica esta referencia:

# Errores
shared-error-reference = Si nos escribes, indica esta referencia:
shared-error-not-found = Esta página no está aquí.
    .meaning = Puede que haya cambiado de sitio o que la dirección llegara cortada. Las entradas que compraste siguen intactas.
    .next = Mira las próximas noches o abre otra vez el enlace de tu correo.
shared-error-order-not-found = No podemos abrir este pedido.
    .meaning = El enlace lleva la llave del pedido y esta no coincide. Tus entradas y tu dinero están a salvo.
    .next = Abre otra vez, completo, el enlace del correo con tus entradas.
shared-error-sold-out = Estas entradas acaban de volar.
    .meaning = Alguien fue más rápido. No se ha cobrado nada.
    .next = Elige otro tipo de entrada u otra noche. Las reservas que caducan vuelven a la venta en minutos.
shared-error-only-left = { $left ->
    [one] Solo queda una.
   *[other] Solo quedan { $left }.
}
    .meaning = Pediste más de las que hay. No se ha cobrado nada.
    .next = Elige menos, o mira otra vez en unos minutos: las reservas que caducan vuelven.
shared-error-not-on-sale = Estas entradas no están a la venta.
    .meaning = El club las ha retirado por ahora. No se ha cobrado nada.
    .next = Elige otro tipo de entrada o mira las demás noches.
shared-error-sale-not-open = La venta todavía no ha abierto.
    .meaning = Llegas pronto. No se ha cobrado nada.
    .next = Vuelve a la hora que indica la página de la noche.
shared-error-sale-closed = La venta para esta noche ha cerrado.
    .meaning = Ya no quedan entradas en línea. No se ha cobrado nada.
    .next = Pregunta en la puerta o mira las próximas noches.
shared-error-invalid-quantity = Elige cuántas entradas quieres.
    .meaning = Tiene que ser un número entero y al menos una entrada en total. No se ha cobrado nada.
    .next = Indica la cantidad junto a la entrada y compra.
shared-error-limit-exceeded = Son más de las que caben en un pedido.
    .meaning = La página de la noche indica el máximo de cada tipo de entrada. No se ha cobrado nada.
    .next = Elige menos entradas o haz un segundo pedido.
shared-error-type-limit = En un pedido caben { $most } de estas entradas.
    .meaning = Pediste más. No se ha cobrado nada.
    .next = Elige menos y haz otro pedido para las demás.
shared-error-below-minimum = Mínimo { $fewest } por pedido.
    .meaning = El club vende estas entradas a partir de { $fewest }. No se ha cobrado nada.
    .next = Elige { $fewest } o más, u otro tipo de entrada.
shared-error-order-too-large = Este pedido es demasiado grande para pagarlo de una vez.
    .meaning = El importe supera lo que acepta el servicio de pago. No se ha cobrado nada.
    .next = Elige menos entradas y haz otro pedido para las demás.
shared-error-unknown-ticket-type = Una de estas entradas no es de esta noche.
    .meaning = Quizá la página llevaba abierta desde antes de un cambio. No se ha cobrado nada.
    .next = Vuelve a abrir la página de la noche y elige otra vez.
shared-error-promo-invalid = Este código no sirve aquí.
    .meaning = Puede que haya caducado o que sea de otra noche. No se ha cobrado nada y el precio es el de sin código.
    .next = Revisa cómo está escrito o sigue sin él.
shared-error-csrf-rejected = Hemos parado esta petición porque no venía de nuestra página.
    .meaning = No se ha cambiado ni cobrado nada.
    .next = Abre la página otra vez y envíala desde allí.
shared-error-forbidden = Esta sala no es la tuya.
    .meaning = Has entrado, pero tu puesto no incluye esto.
    .next = Pide a quien dirige el club que lo añada a tu puesto.
shared-error-session-ended = Tu sesión ha terminado.
    .meaning = Las sesiones acaban tras una noche de trabajo. Lo que guardaste sigue ahí.
    .next = Entra otra vez y continúa.
shared-error-payload-too-large = Es más de lo que podemos recibir de una vez.
    .meaning = No se ha guardado nada.
    .next = Envía menos texto o un archivo más pequeño.
shared-error-unavailable = Ahora mismo no podemos consultar nuestros propios datos.
    .meaning = Es cosa nuestra. Si estabas pagando, se te cobra una vez o ninguna, y las entradas pagadas siempre llegan por correo.
    .next = Vuelve a probar en un minuto.
shared-error-payment-unavailable = El servicio de pago no responde.
    .meaning = Tus entradas quedan apartadas unos minutos. No se ha cobrado nada.
    .next = Intenta pagar otra vez desde la página de tu pedido.
shared-error-internal = Algo se ha roto por nuestra parte.
    .meaning = El equipo ya está avisado. Si estabas pagando, se te cobra una vez o ninguna, y las entradas pagadas siempre llegan por correo.
    .next = Prueba otra vez. Si sigue igual, escríbenos.
shared-error-method-not-allowed = Esta dirección no se usa así.
    .meaning = No se ha cambiado ni cobrado nada.
    .next = Vuelve a la página de la que vienes y usa sus botones.
shared-error-rate-limited = Han sido muchas peticiones seguidas.
    .meaning = Para que la cola sea justa, las hemos pausado un momento. Lo que tienes apartado sigue apartado.
    .next = Espera un minuto y prueba otra vez.
shared-error-request = No hemos podido leer esa petición.
    .meaning = No se ha cambiado ni cobrado nada.
    .next = Vuelve atrás, revisa lo que escribiste y envíalo otra vez.
shared-error-invalid-email = A esta dirección de correo le falta algo.
    .meaning = Ahí llegan tus entradas, así que tiene que estar bien.
    .next = Revísala: nombre@ejemplo.com
shared-error-invalid-name = Necesitamos un nombre para la entrada: hasta 100 letras, sin enlaces ni caracteres ocultos.
    .meaning = Puede que lo pidan en la puerta.
    .next = Escribe un nombre de hasta 100 caracteres.
shared-error-required = Esto sigue vacío.
    .meaning = Sin ello no podemos continuar.
    .next = Complétalo y envía el formulario otra vez.

shared-error-guest-limit = Cada persona puede tener { $most } de estas entradas.
    .meaning = { $has ->
        [0] Pediste más. No se ha cobrado nada.
       *[other] Ya tienes { $has }, contando los pedidos pendientes de pago. No se ha cobrado nada.
    }
    .next = { $has ->
        [0] Elige menos.
       *[other] Elige menos. Si tienes un pedido pendiente de pago, su enlace te lleva a él.
    }
shared-error-amount-out-of-range = Este precio está fuera de lo que acepta el club.
    .meaning = En estas entradas el precio lo pones tú, dentro del margen que se indica. No se ha cobrado nada.
    .next = Pon una cantidad dentro de él, o deja el campo vacío para pagar lo que sugiere el club.
shared-error-amount-not-accepted = El precio de estas entradas es fijo.
    .meaning = Puede que la página estuviera abierta desde antes de un cambio. No se ha cobrado nada.
    .next = Vuelve a abrir la página de la noche y elige de nuevo.
shared-error-invalid-amount = No podemos leer esta cantidad.
    .meaning = Tiene que ser una suma como 12 o 12,50. No se ha cobrado nada.
    .next = Corrígela, o deja el campo vacío para pagar lo que sugiere el club.
shared-error-order-too-small = Es menos de lo que se puede cobrar a una tarjeta.
    .meaning = Lo que queda por pagar no llega al pago mínimo con tarjeta. No se ha cobrado nada.
    .next = Añade una entrada o quita el código.
shared-error-access-code-used = Tu código ya se usó.
    .meaning = Un código de la preventa sirve para un pedido, y ya hay uno con él. No se ha cobrado nada.
    .next = Paga ese pedido desde su página o vuelve cuando empiece la venta para todos.
shared-error-too-many-open = Hay demasiadas entradas reservadas sin pagar.
    .meaning = Esperan por ti, o por otras personas con tu misma conexión, y nadie puede reservar muchas a la vez. No se ha cobrado nada.
    .next = Paga lo que ya elegiste o prueba otra vez en unos minutos.
shared-error-network-busy = Desde tu red ha llegado mucha gente a la vez.
    .meaning = Para que nadie se lleve lo que es de todos, solo pasan unas cuantas personas cada vez. No has perdido nada y no se ha cobrado nada.
    .next = Prueba otra vez en un minuto. Con otra red, por ejemplo los datos del móvil, quizá pases enseguida.
shared-error-order-limit = En un pedido caben como mucho 100 entradas.
    .meaning = Cuentan todos los tipos juntos, y una entrada de grupo cuenta cada una de sus plazas. No se ha cobrado nada.
    .next = Elige menos entradas o haz un segundo pedido.
shared-error-entry-required = Los extras van con una entrada.
    .meaning = Lo que has elegido se vende junto con una entrada. No se ha cobrado nada.
    .next = Añade una entrada.
shared-error-companion-required = A estas entradas les falta { $count } × { $name }.
    .meaning = El club vende las dos cosas juntas, en un mismo pedido. No se ha cobrado nada.
    .next = Añade { $count } × { $name } a este pedido, o elige otro tipo de entrada.
shared-error-answer-required = Quedan preguntas sin responder.
    .meaning = El club necesita las respuestas con el pedido. No se ha cobrado nada.
    .next = Responde lo que está marcado abajo y compra.
shared-error-invalid-answer = Una de las respuestas no encaja con su pregunta.
    .meaning = La fecha de nacimiento está en el pasado, y se elige entre lo que se ofrece. No se ha cobrado nada.
    .next = Corrige lo que está marcado abajo y compra.
shared-error-unknown-question = El club ha cambiado sus preguntas.
    .meaning = La página estaba abierta desde antes. No se ha cobrado nada.
    .next = Vuelve a abrir la página de la noche y elige de nuevo.
shared-error-promo-expired = Este código no vale hoy.
    .meaning = Aún no ha empezado o ya ha terminado. No se ha cobrado nada.
    .next = Déjalo vacío para pagar el precio normal.
shared-error-promo-exhausted = Este código ya está agotado.
    .meaning = Valía para un número de pedidos, y ya se han hecho. No se ha cobrado nada.
    .next = Déjalo vacío para pagar el precio normal.
shared-error-promo-not-applicable = Este código no es para estas entradas.
    .meaning = Vale para otras entradas o a partir de un importe mayor. No se ha cobrado nada.
    .next = Elige otras entradas, o déjalo vacío para pagar el precio normal.
shared-error-doors-open = Las puertas están abiertas.
    .meaning = Desde ese momento las entradas se quedan como están, para que la puerta y tú veáis lo mismo. No se cambió nada.
    .next = Tu código vale como está. Si un nombre está mal, dilo en la puerta.
shared-error-guest-inside = Alguien ha entrado con esta entrada.
    .meaning = Fue antes de que la apertura se pasara a más tarde, así que la entrada se queda como está. No se cambió nada.
    .next = Si no fuiste tú ni tu amigo, escríbenos con la referencia de tu pedido.
shared-error-door-silent = Aún no podemos ver si alguien ha entrado con esta entrada.
    .meaning = Las puertas estuvieron abiertas antes de pasar a una hora posterior, y ahora mismo la puerta no contesta. No se cambió nada.
    .next = Inténtalo de nuevo en un momento.
shared-error-shared-often = Esta entrada ya se ha enviado varias veces.
    .meaning = No se ha enviado nada más, para no llenar ningún buzón. Los enlaces enviados funcionan.
    .next = Pide que miren entre el correo no deseado, o vuelve a probar en una hora.
shared-error-codes-too-early = Los códigos de esta entrada todavía no se dan.
    .meaning = Su código cambia, y se da esa misma noche. Tu entrada vale.
    .next = Abre la página de tu entrada en la puerta.
shared-error-codes-over = Ya no hay más códigos para esta entrada.
    .meaning = Su noche ha terminado.
    .next = Mira las próximas noches.
shared-error-code-fixed = El código de esta entrada no cambia.
    .meaning = Está en la página de la entrada, y vale tal cual.
    .next = Abre la página de tu entrada.
shared-error-mailed-often = A esta dirección se han enviado muchas entradas en una hora.
    .meaning = No se ha enviado nada más, para no llenar ningún buzón. La entrada sigue como estaba.
    .next = Envíala dentro de una hora, o a otra dirección.
shared-error-ticket-fixed = Esta entrada ya no se puede cambiar.
    .meaning = Se traspasó, se reembolsó o se anuló, o su noche no se celebra. No se cambió nada.
    .next = Abre otra vez la página de tu pedido para ver cómo está.
shared-error-refund-by-club = Estas entradas no se devuelven aquí.
    .meaning = Solo el club devuelve el dinero en esta noche, de lo que se pagó en la sala o se regaló, y mientras un banco tiene el pago. No se cambió nada.
    .next = Pregunta al club, con la referencia de tu pedido.
shared-error-refund-too-late = El plazo para devolver entradas aquí terminó.
    .meaning = Tus entradas están como estaban y no se mueve dinero.
    .next = Si no puedes venir, pregunta al club o pasa la entrada a alguien.
shared-error-refund-leaves-extras = Los extras no se quedan sin entrada.
    .meaning = Lo que quedaría de este pedido solo vale junto con una entrada. No se ha devuelto nada y no se mueve dinero.
    .next = Devuelve primero los extras, o el pedido entero de una vez. Lo que pasaste también cuenta; quien lo tiene puede devolvértelo.
shared-error-refund-leaves-companion = { $name } solo vale junto con { $needs }.
    .meaning = En este pedido quedaría muy poco de { $needs }. No se ha devuelto nada y no se mueve dinero.
    .next = Devuelve primero { $name }, o el pedido entero de una vez. Lo que pasaste también cuenta; quien lo tiene puede devolvértelo.
shared-error-refund-below-minimum = Lo que queda costaría menos de lo que pide tu código.
    .meaning = El código descuenta a partir de un importe, y lo que quedaría no llega. No se ha devuelto nada y no se mueve dinero.
    .next = Puedes devolver el pedido entero de una vez, o quedarte con más. Lo que pasaste también cuenta; quien lo tiene puede devolvértelo.
shared-error-refund-exceeds-captured = No queda nada que devolver.
    .meaning = Lo que se pagó ya se devolvió antes. No se cambió nada.
    .next = La página de tu pedido muestra lo devuelto. Pregunta al club si falta algo.

# Lo mismo para el personal, en la oficina y en la puerta: no hay dinero suyo de por medio.
shared-error-not-found-staff = Esta página no existe.
    .meaning = Puede que haya cambiado de sitio o que la dirección llegara cortada. No se ha cambiado nada.
    .next = Vuelve al inicio y busca desde allí.
shared-error-unavailable-staff = Ahora mismo no se llega a la base de datos.
    .meaning = Lo guardado está a salvo. Si estabas guardando algo, puede que no se haya guardado.
    .next = Prueba otra vez en un minuto, y mira antes si ya está.
shared-error-internal-staff = Algo se ha roto por nuestra parte.
    .meaning = Lo guardado está a salvo. Si estabas guardando algo, puede que no se haya guardado.
    .next = Prueba otra vez, y mira antes si ya está. Si sigue igual, da la referencia a quien lleva los servidores.
shared-error-rate-limited-staff = Han sido muchas peticiones seguidas.
    .meaning = Las de este dispositivo están en pausa un momento. No se ha cambiado nada.
    .next = Espera un minuto y prueba otra vez.
shared-error-method-not-allowed-staff = Esta dirección no se usa así.
    .meaning = No se ha cambiado nada.
    .next = Vuelve a la página de la que vienes y usa sus botones.
shared-error-request-staff = No se ha podido leer esa petición.
    .meaning = No se ha cambiado nada.
    .next = Vuelve atrás, revisa lo que escribiste y envíalo otra vez.
shared-error-csrf-rejected-staff = Esta petición se ha parado porque no venía de nuestra página.
    .meaning = No se ha cambiado nada. Puede que la página estuviera abierta desde antes de entrar.
    .next = Abre la página otra vez y envíala desde allí.
shared-error-line-not-needed = Vuelve a haber entradas: puedes comprarlas aquí mismo.
    .meaning = No hace falta que esperes.
    .next = Elígelas arriba.
shared-error-invalid-party = { $most ->
    [one] Puedes esperar por una entrada.
   *[other] Elige un número del 1 al { $most }.
}
    .meaning = Solo podemos guardar las que caben en un pedido.
    .next = Elige otro número.
shared-error-exchange-over = Esta entrada no se puede cambiar aquí, o ya no.
    .meaning = Se queda como está y no se ha cobrado nada.
    .next = Abre otra vez la página de tu pedido para ver cómo está. Si necesitas otro tipo, pregunta al club.
shared-error-offer-over = Esta oferta ya terminó.
    .meaning = Se aprovechó, se rechazó o caducó. No se ha cobrado nada.
    .next = Mira en la página de la noche lo que hay.

shared-test-site = Estas entradas son una prueba. No se cobra nada y no abren la puerta.
shared-test-desk = Datos de prueba: aquí no hay dinero de verdad.
shared-test-door = Solo pasan entradas de prueba.
shared-my-account = Mi cuenta
shared-my-tickets = Mis entradas
