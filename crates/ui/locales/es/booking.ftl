# Una mesa de una noche, reservada por un invitado.

# La página del pedido
booking-party = Grupo
booking-people = { $count ->
    [one] Una persona
   *[other] { $count } personas
}
booking-arrives = Llegada
booking-host = Quien os atiende
booking-occasion = Ocasión
booking-minimum = Consumo mínimo
booking-deposit = Señal, se descuenta de la cuenta
booking-balance = Queda por pagar en el club
booking-balance-line = El mínimo es un suelo y no un cargo: lo que pedís cuenta para él. Si pedís más, pagáis lo que habéis pedido.
booking-wish = Lo que habéis pedido
booking-preorder = Encargado de antemano
booking-preorder-line = Os espera en la mesa, cuenta para el mínimo y se paga en el club.
booking-invite = Invita a tu grupo
booking-invite-line = Cada persona del grupo tiene un pase con su propio código. El primero es el tuyo. Envía los demás a tus invitados, y cada cual entra cuando quiera.
booking-confirmed = Tu mesa está reservada
booking-checked-in = Tu grupo ha llegado
booking-closed = La cuenta está pagada
booking-cancelled = Esta mesa se canceló
booking-no-show = Nadie llegó a tiempo y la mesa se dio a otro grupo
booking-host-asked = Pide que os atienda { $name }

# La petición de una mesa
booking-request-title = Tu petición de { $table }
booking-request-asked = El club tiene tu petición
booking-request-asked-line = Responde por correo. Mientras tanto la mesa no está apartada y no se cobra nada.
booking-request-held = El club dijo que sí: tu mesa está apartada
booking-request-held-line = Paga la señal hasta { $when } para que sea tuya.
booking-request-booked = Tu mesa está reservada
booking-request-lapsed = Nadie pagó a tiempo, y la mesa vuelve a estar libre
booking-request-over = Esta petición ha terminado
booking-request-over-line = Fue rechazada o retirada. No se cobró nada.
booking-request-open = Abrir tu reserva
booking-request-withdraw = Retirar la petición
booking-request-plan = Ver el plano de la noche
booking-error-too-many-requests = Ya has pedido bastantes mesas de esta noche.
    .meaning = Tres peticiones tuyas esperan respuesta. Esta no se envió.
    .next = Espera al club, o retira una de ellas.

# Lo que puede impedirlo
booking-error-taken = Esta mesa acaba de irse.
    .meaning = Otro grupo fue más rápido. No se ha cobrado nada.
    .next = Elige otra mesa. La que nadie paga vuelve a estar libre en unos minutos.
booking-error-party = En esta mesa caben { $most } como mucho.
    .meaning = Sois más. No se ha cobrado nada.
    .next = Elige una mesa más grande, o pregunta al club por dos que estén juntas.
booking-error-party-number = Necesitamos saber cuántos sois, con un número entero desde uno.
    .meaning = Cada persona recibe un pase. No se ha cobrado nada.
    .next = Escribe cuántos venís, contándote a ti.
booking-error-arrival = Elige cuándo llegáis: desde que abren las puertas hasta que acaba la noche.
    .meaning = El club tiene la mesa lista para entonces. No se ha cobrado nada.
    .next = Elige una de las horas.
booking-error-closed = Esta mesa no se puede reservar ahora.
    .meaning = El club se la ha quedado, o las reservas de esta noche están cerradas. No se ha cobrado nada.
    .next = Elige otra mesa o pregunta al club.
booking-error-unknown-table = Esta mesa no está en el plano de la noche.
    .meaning = Puede que la página estuviera abierta desde antes de un cambio. No se ha cobrado nada.
    .next = Vuelve a abrir el plano y elige una mesa.
booking-error-bottle = Algo de lo que has encargado ya no está en la carta.
    .meaning = La carta ha cambiado mientras tanto. No se ha cobrado nada.
    .next = Mira otra vez la carta y elige de ella.
booking-error-text = Es demasiado largo o tiene caracteres ocultos.
    .meaning = El club lo lee tal como lo escribes. No se ha cobrado nada.
    .next = Acórtalo o escríbelo de nuevo.
booking-error-too-many-open = Ya hay bastantes mesas esperando tu señal.
    .meaning = Están guardadas para ti, o para otras personas en la misma conexión. No se ha cobrado nada.
    .next = Paga una de las que has elegido, o prueba de nuevo en unos minutos.
booking-error-whole-table = Una mesa se devuelve entera.
    .meaning = Los pases de un grupo van juntos, y algunos se quedarían. No se ha devuelto nada y no se mueve dinero.
    .next = Devuelve el pedido entero. Un pase que cediste también cuenta; quien lo tiene puede devolvértelo.
