# Los móviles de la puerta: quién tiene uno, quién lo lleva, y el PIN.
devices-title = Móviles
devices-none = No hay ningún móvil dado de alta
    .next = Cualquier móvil puede escanear tras iniciar sesión. Uno dado de alta tiene nombre, admite PIN y se puede dar de baja al instante.
devices-nobody = No lo lleva nadie
devices-nobody-yet = Nadie ha iniciado sesión en él todavía.
devices-battery = Batería
devices-battery-low = Cárgalo
devices-queue = Escaneos por enviar
devices-data = Lista de entradas
devices-seen = Visto por última vez
devices-never = Nunca
devices-unknown = No se sabe
devices-just-now = ahora mismo
devices-minutes-ago = hace { $count } min
devices-hours-ago = hace { $count } h
devices-days-ago = { $count ->
    [one] hace { $count } día
   *[other] hace { $count } días
}
devices-name = Nombre del móvil
devices-name-hint = Como lo llama el personal, por ejemplo «Puerta principal 2».
devices-gate = Puerta
devices-gate-none = Cualquier puerta
devices-invite = Dar de alta un móvil
devices-invite-do = Mostrar el código
devices-invited = Dar de alta un móvil
devices-scan-this = Léelo con la cámara del móvil que das de alta.
devices-or-type = O escribe el código en
devices-good-for = Vale para un móvil, durante
devices-code-over = Este código ha caducado. Crea otro.
devices-gone = Dados de baja
devices-is-off = Este móvil está dado de baja.
devices-hands = Quién lo ha llevado
devices-now = ahora
devices-revoke = Dar de baja
devices-revoke-ask = ¿Dar de baja { $name }?
devices-revoke-means = Deja de escanear en menos de un minuto, y quien haya iniciado sesión en él queda fuera de la puerta. Para volver hay que darlo de alta otra vez.
devices-revoke-queue = { $count ->
    [one] Tiene { $count } escaneo sin enviar que puede perderse.
   *[other] Tiene { $count } escaneos sin enviar que pueden perderse.
}
devices-enrol = Dar de alta este móvil
devices-enrol-how = Escribe el código que te enseñe un responsable.
devices-enrol-do = Dar de alta
devices-code = Código
devices-code-refused = Este código no funciona.
    .next = Los códigos valen una vez y diez minutos. Pide otro.
devices-revoked = Este móvil está dado de baja.
    .next = Dáselo a un responsable, que puede darlo de alta otra vez.
devices-not-enrolled = El PIN solo funciona en móviles dados de alta.
    .next = Entra con tu email y contraseña, o pide que den de alta este móvil.
devices-who = ¿Quién eres?
devices-erase = Borrar una cifra
devices-or-password = O con tu cuenta
devices-no-pins = Nadie tiene PIN todavía. Entra con tu cuenta y pon el tuyo.
devices-names-away = Ahora no se pueden cargar los nombres. Entra con tu cuenta o prueba en un momento.
devices-hand-over = Pasar el móvil
devices-pin = PIN
devices-pin-set = Tu PIN
devices-pin-how = De cuatro a ocho cifras, para entrar en los móviles de la puerta. Una contraseña nueva lo anula.
devices-pin-new = PIN nuevo
devices-pin-again = PIN nuevo otra vez
devices-pin-done = Tu PIN está puesto.
devices-pin-wrong = El nombre y el PIN no coinciden.
    .next = Revisa los dos y prueba otra vez. Tras cinco intentos este móvil te hace esperar.
devices-pin-locked = Demasiados PIN equivocados.
    .next = Espera un rato o entra con tu cuenta aquí abajo.
devices-pin-phone-locked = En este móvil se han tecleado demasiados PIN equivocados.
    .next = Entra con tu cuenta aquí abajo. Dentro de diez minutos vuelve a aceptar PIN.
devices-pin-differs = Los dos PIN son distintos.
    .next = Escribe el mismo dos veces.
devices-pin-malformed = Un PIN tiene de cuatro a ocho cifras.
    .next = Elige otro.
devices-pin-too-simple = Este PIN es de los primeros que se prueban.
    .next = Elige uno sin series ni repeticiones.
devices-pin-password = Esa no es tu contraseña.
    .next = Escribe la contraseña de tu cuenta.
