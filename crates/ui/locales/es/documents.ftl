# Archivos que se quedan con el cliente: entradas en papel, recibos, pases para el móvil, el calendario.
documents-order = Pedido
documents-price = Precio
documents-page = Página
documents-page-of = de

# Entradas
documents-tickets-title = Entradas: { $event }, pedido { $reference }
documents-ticket-number = Entrada { $number } de { $of }
documents-ticket-type = Entrada
documents-ticket-holder = Nombre
documents-ticket-arrive-by = Llegada antes de
documents-ticket-arrive-from = Entrada desde
documents-ticket-code = Código QR de esta entrada
documents-ticket-notes = En la puerta
documents-ticket-once = Enseña este código, impreso o en el móvil. Con él pasa una persona, una vez.
documents-ticket-moves = Abre la página de tu entrada en la puerta: el código cambia. Con él pasa una persona, una vez.
documents-ticket-footer = Si la entrada se traspasa o se devuelve, esta hoja deja de valer. La página de tu pedido siempre muestra lo que vale.
documents-price-fee = incl. { $fee } de gestión
documents-price-fee-and-tax = incl. { $fee } de gestión e IVA
documents-price-tax = IVA incl.

# Recibos
documents-receipt = Recibo
documents-simplified-invoice = Factura simplificada
documents-invoice = Factura
documents-bill-buyer = Cliente
documents-bill-number = Número
documents-bill-date = Fecha
documents-bill-supplied = Fecha de la noche
documents-bill-tax-id = NIF { $id }
documents-bill-what = Concepto
documents-bill-quantity = Cantidad
documents-bill-unit = Precio
documents-bill-tax = IVA
documents-bill-amount = Importe
documents-bill-rate = Tipo de IVA
documents-bill-net = Base imponible
documents-bill-gross = Total
documents-bill-total-with-tax = Total, IVA incluido
documents-bill-no-tax = Sin IVA.
documents-bill-paid = Pagado
documents-bill-refunded = Devuelto desde entonces
documents-credit-note = Factura rectificativa
documents-credit-note-corrects = Rectifica
documents-credit-note-corrects-of = De fecha
documents-credit-note-reason = Motivo
documents-credit-note-paid-back = Devuelto

# Pases y calendario
documents-pass-description = Entrada para { $event }
documents-pass-doors = Puertas
documents-pass-night = Noche
documents-pass-venue = Sala
documents-pass-address = Dirección
documents-pass-order-page = La página de tu pedido
documents-pass-status = Entrada
documents-pass-good = Válida: una persona, una vez
documents-pass-voided = Ya no es válida: no da acceso
documents-pass-changed-holder = Ahora a nombre de %@
documents-pass-changed-status = %@
documents-pass-changed-doors = Puertas ahora a las %@
documents-pass-changed-night = Nueva fecha: %@
documents-pass-changed-venue = Nueva sala: %@
documents-calendar-cancelled = Cancelada: { $event }
documents-calendar-about = { $hours }
    Pedido { $reference }, tus entradas: { $url }

# Test mode
documents-test-ticket = PRUEBA · No deja entrar a nadie
documents-test-bill = PRUEBA · No se ha pagado nada
documents-test-dossier = PRUEBA · Nada de esto fue real
