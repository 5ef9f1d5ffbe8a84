# La hoja de ruta de las mesas de una noche, en papel.
tables-desk-run-sheet = Hoja de ruta (PDF)
tables-desk-title = Mesas: { $night }
tables-desk-sums = { $parties ->
    [one] 1 grupo
   *[other] { $parties } grupos
} · { $people ->
    [one] 1 persona
   *[other] { $people } personas
} · mínimo { $minimum } · por pagar en el local { $balance }
tables-desk-arrives = Llega
tables-desk-table = Mesa
tables-desk-who = Reserva, grupo
tables-desk-wishes = Ocasión, deseos
tables-desk-bottles = Pedido de antemano
tables-desk-minimum = Mínimo
tables-desk-deposit = Señal pagada
tables-desk-balance = Por pagar aquí
tables-desk-by = Anfitrión, promotor
tables-desk-tab = Cuenta, notas
tables-desk-bottle = { $count } × { $name }
tables-desk-unpaid = Sin pagar
tables-desk-inside = Dentro
tables-desk-closed = Cerrada
tables-desk-promoter = Promotor: { $name }
tables-desk-host = Anfitrión: { $name }
tables-desk-hosted = Anfitrión: { $name } · { $count ->
    [one] 1 mesa
   *[other] { $count } mesas
}
tables-desk-hostless = Sin anfitrión · { $count ->
    [one] 1 mesa
   *[other] { $count } mesas
}
tables-desk-empty = Nadie tiene mesa esta noche.
tables-desk-made = Hecha { $time } · lo que cambie después está en el tablero
