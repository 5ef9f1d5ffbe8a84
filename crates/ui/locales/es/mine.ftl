# Las entradas de quien ha iniciado sesión.
mine-title = Mis entradas
mine-signed-in = Has iniciado sesión como { $email }.
mine-account = Mi cuenta
mine-coming = Próximas noches
mine-past = Noches pasadas
mine-older = Noches anteriores
mine-tickets =
    { $count ->
        [0] sin entradas
        [one] 1 entrada
       *[other] { $count } entradas
    }
mine-paid = Pagado
mine-pending = Sin pagar todavía
mine-refunded = Dinero devuelto
mine-cancelled = Cancelada
mine-given-back = Devuelta
mine-tonight = Esta noche
mine-received = Para ti
mine-empty = Aún no hay entradas
mine-empty-line = Lo que compres con tu sesión iniciada, o con tu dirección, aparece aquí: sin enlaces que guardar.
mine-no-address = Tu cuenta no tiene dirección de correo
mine-no-address-line = Las entradas que compraste con una dirección aparecen aquí en cuanto sea tuya.
mine-add-address = Añadir tu dirección
mine-find = ¿Compraste con otra dirección? Busca esas entradas
mine-sign-in = ¿Tienes cuenta? Inicia sesión y mira todas tus entradas
