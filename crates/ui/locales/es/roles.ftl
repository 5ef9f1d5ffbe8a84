# Qué deja hacer cada puesto, y los puestos que un club se hace a medida.
roles-title = Puestos
roles-link = Puestos, y qué dejan hacer
roles-about = Qué deja hacer cada puesto. Los propios del club están junto a los nueve que tiene desde el principio.
roles-what = Qué
roles-people = Personas
roles-people-count = { $count ->
    [0] No lo tiene nadie
    [one] Lo tiene una persona
   *[other] Lo tienen { $count } personas
}
roles-second-factor = Segundo factor
roles-second-factor-line = Un segundo factor es un código de una aplicación o una llave de acceso. Quien puede hacer una sola cosa que lo pide lo necesita para entrar.
roles-needs-second-factor = Pide un segundo factor para entrar.
roles-no-second-factor = Basta una contraseña para entrar.
roles-new = Puesto nuevo
roles-new-line = Para un trabajo en el que no encaja ningún otro. Da lo que marques, y nada más.
roles-from = Empezar con lo que puede este puesto
roles-begin = Marcar por mí
roles-name = Nombre
roles-name-hint = Cómo llaman en el club a ese trabajo.
roles-box-second-factor = pide un segundo factor
roles-box-not-yours = no es tuyo para darlo
roles-make = Crear el puesto
roles-change = Cambiar
roles-change-line = Si desde ahora da otras cosas, se cierra al momento la sesión de todos los que lo tienen, y su PIN deja de valer: tendrán que entrar de nuevo.
roles-save = Guardar
roles-retire = Retirar este puesto
roles-retire-line = Ya no se le da a nadie. Lo que se hizo con él queda registrado.
roles-beyond = Este puesto da cosas que tú no tienes. Puede cambiarlo quien las tenga todas.
roles-done-made = El puesto está creado. Dáselo a la gente en sus páginas.
roles-done-changed = El puesto está cambiado. Si ahora da otras cosas, quien lo tiene entra de nuevo.
roles-done-retired = El puesto está retirado.
roles-problem-name = Ponle un nombre de 40 caracteres como mucho, sin enlaces.
roles-problem-nothing = Marca al menos una cosa que dé.
roles-problem-taken = Otro puesto ya se llama así. Elige otro nombre.
roles-problem-in-use = { $people ->
    [one] Una persona tiene todavía este puesto. Dale antes otro.
   *[other] { $people } personas tienen todavía este puesto. Dales antes otro.
}
roles-group-nights = Noches
roles-group-sales = Vender y regalar
roles-group-guests = Clientes y sus pedidos
roles-group-money = Dinero
roles-group-door = La puerta
roles-group-messages = Correos y mensajes
roles-group-house = Personal, registros y claves
