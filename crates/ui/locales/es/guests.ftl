# Lo que hace un invitado con un pedido pagado.

# Archivos para llevar
guests-tickets-pdf = { $count ->
    [one] Entrada en PDF
   *[other] Todas las entradas en PDF
}
guests-ticket-pdf = Esta entrada en PDF
guests-calendar = Añadir al calendario
guests-apple-wallet = Añadir a Apple Wallet
guests-google-wallet = Añadir a Google Wallet

# Recibos y lo que se pagó
guests-receipt-pdf = Recibo en PDF
guests-receipt-paid-online = Pagado en línea
guests-receipt-refund = Reembolso
guests-history = Pagos
guests-history-paid = Pagado
guests-history-received = Recibido y devuelto
guests-history-refunding = En camino de vuelta
guests-history-refunded = Devuelto
guests-history-stuck = Aún no se pudo devolver: el club te escribirá
