# Planos, y lo que cuestan las mesas de una noche.
venue-title = Planos
venue-none = Todavía no hay ningún plano
venue-none-line = Dibuja la sala una vez. Cada noche empieza luego con su propia copia.
venue-about = { $tables ->
        [one] 1 mesa
       *[other] { $tables } mesas
    } · { $seats ->
        [one] 1 plaza
       *[other] { $seats } plazas
    }
venue-version-line = Versión { $version } · { $when }
venue-versions = Versiones
venue-versions-line = Se conserva cada dibujo guardado. Recuperar uno lo convierte en el más nuevo; las noches que tienen copia conservan la suya.
venue-version = Versión { $version }
venue-version-latest = En uso
venue-restore = Recuperar
venue-archive = Archivar
venue-archived = Archivados
venue-use-again = Volver a usar
venue-new = Plano nuevo
venue-new-draw = Dibujarlo
venue-name = Nombre
venue-name-hint = Por ejemplo «Sala principal» o «Terraza, verano».
venue-name-required = Pon un nombre al plano.
venue-name-too-long = Como mucho 80 caracteres.
venue-name-taken = Otro plano tiene este nombre.
venue-name-unknown = El plano que querías copiar ya no está.
venue-from = Empezar con
venue-from-blank = Una sala vacía
venue-night-title = Mesas
venue-night-link = Mesas
venue-night-none = Esta noche aún no tiene mesas
venue-night-none-line = Elige un plano. La noche recibe su propia copia, y tú dices lo que cuesta cada mesa.
venue-draw-first = Dibuja antes un plano
venue-choose = Plano
venue-choose-line = La noche recibe su propia copia. Cambiar el plano después no mueve la mesa de nadie.
venue-choose-again = Elegir de nuevo sustituye la copia y lo que pusiste en sus mesas. Cuando las reservas ya se abrieron, esto no es posible.
venue-choose-do = Usar este plano
venue-plan = Plano
venue-open = Abrir reservas
venue-close = Cerrar reservas
venue-is-open = Las reservas están abiertas
venue-is-closed = Las reservas están cerradas
venue-for-sale = { $count } de { $all } mesas para clientes
venue-nothing = Todavía no hay ninguna mesa para clientes. Di lo que cuesta al menos una y abre después las reservas.
venue-all = Muchas mesas a la vez
venue-all-line = Lo que dejes vacío queda como está.
venue-all-to = Para
venue-all-tables = Todas las mesas
venue-all-as-is = Como está
venue-all-do = Aplicar
venue-offers = Cada mesa
venue-offers-line = La señal se paga al reservar y se descuenta de la cuenta; el resto del mínimo se consume en el club.
venue-table = Mesa
venue-seats =
    { $count ->
        [one] 1 plaza
       *[other] { $count } plazas
    }
venue-sale = Quién puede reservar
venue-sale-guests = Para clientes
venue-sale-club = La guarda el club
venue-minimum = Consumo mínimo ({ $currency })
venue-deposit-kind = La señal es
venue-kind-fixed = una cantidad
venue-kind-share = una parte del mínimo, %
venue-kind-full = todo el mínimo
venue-deposit = Señal (cantidad o %)
venue-includes = Qué incluye
venue-photo = Fotos de las mesas
venue-photo-line = Los clientes la ven junto a la mesa. JPEG, PNG o WebP, como mucho 8 MB.
venue-photo-of = Mesa { $table }
venue-photo-file = Foto
venue-photo-remove = Quitar la foto
venue-photo-do = Guardar la foto
venue-menu = Botellas para pedir antes
venue-menu-line = Se pagan en el club y cuentan para el mínimo. Borra un nombre para quitarlo de la carta.
venue-bottle = Botella
venue-price = Precio ({ $currency })
venue-rules = Entrada y grupos que llegan tarde
venue-zone = Zona
venue-zone-hint = Por dónde entran los clientes de estas mesas.
venue-asks = Cómo se consigue una mesa
venue-asks-hint = Vale para toda la noche. Lo que ya se pidió o reservó se queda como está.
venue-asks-no = Se reserva al momento
venue-asks-yes = Se pide, y un anfitrión dice sí o no
venue-release = Grupo que llega tarde
venue-release-hint = Minutos tras los que se puede dar la mesa de un grupo que no llega; 0: nunca.
venue-done-chosen = La noche tiene sus mesas. Di lo que cuestan y abre después las reservas.
venue-done-saved = Guardado.
venue-done-opened = Las reservas están abiertas.
venue-done-closed = Las reservas están cerradas.
venue-done-photo = La foto está guardada.
venue-faults = Hay algo que mirar otra vez. No se ha guardado nada.
venue-fault-empty = Falta un nombre.
venue-fault-too-long = Es demasiado largo.
venue-fault-twice = Está dos veces.
venue-fault-out-of-range = Esta cifra no puede ser. La señal es nada, o tanto como se puede cobrar con tarjeta.
venue-fault-outside = Queda fuera del dibujo.
venue-fault-too-many = Hay demasiados.
venue-fault-unknown = Ya no está.
venue-stale = Mientras tanto alguien ha cambiado esto.
    .meaning = No se ha guardado nada tuyo.
    .next = Mira lo nuevo y guarda otra vez.
venue-taken = Puede que haya clientes con estas mesas.
    .meaning = Las reservas estuvieron abiertas, así que ninguna mesa deja el plano de esta noche. No se ha guardado nada.
    .next = Para dejar de vender una mesa, quita la marca «Para clientes».
venue-closed = Esta noche no se celebra.
    .meaning = Está cancelada o archivada, y sus mesas quedan como están.
    .next = Elige otra noche.
venue-picture-missing = Elige antes una foto.
venue-picture-unknown = Esto no es una foto que sirva. Envía un JPEG, PNG o WebP.
venue-picture-unreadable = No se puede leer la foto. Guárdala otra vez o elige otra.
venue-picture-pixels = La foto es demasiado grande. Elige una más pequeña.
