# Turnos: quién trabaja cada noche, y cuándo trabaja una misma persona.
shifts-title = Turnos
shifts-mine = Mis turnos
shifts-none = Todavía no hay nadie
shifts-none-line = Añade abajo el primer turno, o copia los de otra noche.
shifts-who = Quién
shifts-hours = Cuándo
shifts-post = Lugar
shifts-post-hint = Por ejemplo «puerta principal» o «caja».
shifts-note = Nota
shifts-note-hint = Lo que deben saber. Va en su correo.
shifts-starts = Desde
shifts-ends = Hasta
shifts-people = Quién trabaja
shifts-add = Planificar turnos
shifts-add-line = Todas las personas que marques tendrán un turno a estas horas, y un correo que lo dice.
shifts-change = Cambiar
shifts-save = Guardar
shifts-remove = Quitar
shifts-elsewhere = A otra hora que la noche
shifts-copy = Copiar de otra noche
shifts-copy-line = Las mismas personas en los mismos lugares y a las mismas horas. Quien tenga el acceso suspendido, o ya trabaje a esa hora, queda fuera.
shifts-copy-from = Noche
shifts-count =
    { $count ->
        [one] 1 turno
       *[other] { $count } turnos
    }
shifts-closed = Esta noche ya pasó o no se celebra: sus turnos se quedan como están.
shifts-done-planned = Planificado. Cada persona recibe un correo.
shifts-done-changed = Cambiado. La persona del turno recibe un correo.
shifts-done-removed = Quitado. La persona que tenía el turno recibe un correo.
shifts-done-copied =
    { $count ->
        [0] No se copió ningún turno.
        [one] Se copió 1 turno.
       *[other] Se copiaron { $count } turnos.
    } { $left ->
        [0] No quedó nadie fuera.
        [one] Quedó 1 fuera: esa persona tiene el acceso suspendido o ya trabaja a esa hora.
       *[other] Quedaron { $left } fuera: esas personas tienen el acceso suspendido o ya trabajan a esa hora.
    }
shifts-fault-time = Di desde cuándo y hasta cuándo.
shifts-fault-skipped = Esa hora no existe: esa noche los relojes la saltan.
shifts-fault-backwards = El turno acabaría antes de empezar.
shifts-fault-too-long = Un turno dura como mucho 16 horas.
shifts-fault-elsewhere = Eso es más de un día antes de abrir o después de acabar esta noche.
shifts-fault-post = Di en qué lugar.
shifts-fault-post-long = El lugar puede tener 80 caracteres.
shifts-fault-note-long = La nota puede tener 500 caracteres.
shifts-fault-people = Marca quién va a trabajar.
shifts-fault-from = Elige una noche con turnos que copiar.
shifts-fault-suspended = { $name } tiene el acceso suspendido y no puede tener turnos.
shifts-fault-busy = { $name } ya trabaja a esa hora: { $when }.
shifts-mine-none = No tienes turnos
shifts-mine-none-line = Cuando alguien te ponga en una noche, estará aquí y recibirás un correo.
shifts-to-calendar = Para tu calendario
shifts-cancelled = Esta noche no se celebra
shifts-calendar = { $post } · { $night }
shifts-mail-planned = nuevo: { $when }, { $post }
shifts-mail-changed = cambiado, ahora: { $when }, { $post }
shifts-mail-removed = quitado: { $when }, { $post }
