# Los libros frente a Stripe.
books-link = Libros y Stripe
books-title = Libros y Stripe
books-line = Lo que según nuestros libros tiene Stripe, y lo que dice Stripe, al céntimo. Se compara cada cinco minutos.
books-looked = Última comparación: { $when }.
books-adopted = { $count ->
    [one] Se encontró 1 pago del que nadie nos había avisado.
   *[other] Se encontraron { $count } pagos de los que nadie nos había avisado.
}
books-now = Comparar ahora
books-asked = Se están leyendo las listas de Stripe. Vuelve a cargar la página en unos segundos.
books-away = La web de entradas no responde. Sigue comparando sola; vuelve a probar en un minuto.
books-problem = La última vez no se pudieron leer las listas de Stripe. Se vuelve a intentar en cinco minutos; lo de abajo es de antes.
books-none = Aún no se ha pagado nada
books-none-line = Con el primer pago su noche aparece aquí.
books-nights = Noche a noche
books-ledger = Libros
books-equal = Iguales
books-differences = Diferencias
books-foreign = Stripe tiene además dinero que no es de ningún pedido:
books-why-booked-since = Se anotó después de mirar en Stripe: la próxima comparación lo verá.
books-why-refund-on-its-way = Hay una devolución en camino.
books-why-quarantined = Espera a que alguien lo revise: mira lo que requiere atención.
books-why-settled-otherwise = El club pagó una devolución de otra forma y Stripe también ha devuelto dinero: puede que el cliente lo haya recibido dos veces.
books-otherwise = { $amount } se pagaron a los clientes de otra forma: Stripe los conserva.
books-why-not-at-stripe = Las listas de Stripe no lo muestran. Busca el pago en el panel de Stripe.
books-why-not-booked = Stripe lo tiene y no hay pedido. La próxima comparación lo recoge o dice por qué no.
books-why-unexplained = Nada aquí lo explica. Busca el pedido aquí y en el panel de Stripe.
books-late = Pagos tardíos
books-late-line = Pagados cuando ya se habían soltado las plazas. Si aún quedaba sitio, el pedido vale; si no, el dinero vuelve enseguida y se ofrece la lista de espera.
books-late-kept = Vale: quedaba sitio
books-late-returning = De vuelta
books-late-returned = Devuelto
books-late-stuck = Atascado: requiere atención
books-late-settled-otherwise = Devuelto por el club
books-late-waits = está en la lista de espera
