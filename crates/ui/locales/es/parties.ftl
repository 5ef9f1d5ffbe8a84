# Grupos con mesa, en la puerta: quién falta, quién está por llegar, quién está dentro.
parties-title = Mesas
parties-none = No se espera ninguna mesa
parties-none-next = Los grupos aparecen aquí en cuanto su señal está pagada.
parties-sums = { $inside } de { $people } personas dentro · { $tables ->
    [one] 1 mesa
   *[other] { $tables } mesas
}
parties-arriving = Por llegar
parties-inside = Aquí
parties-expected = Más tarde
parties-table = { $count ->
    [one] Mesa { $tables }
   *[other] Mesas { $tables }
}
parties-people = { $of ->
    [one] 1 persona
   *[other] { $of } personas
}
parties-in = { $inside } de { $of } dentro
parties-late = { $minutes } min tarde
parties-came = Dentro desde { $time } · { $gate }
parties-host = Anfitrión: { $host }
# En el teléfono del portero, al leer un pase.
parties-verdict-table = Mesa { $tables }
parties-verdict-tables = Mesas { $tables }
parties-verdict-in = { $inside } de { $of } dentro
parties-verdict-host = Anfitrión: { $host }
