# Entradas que se abren sin red, porque las guarda el dispositivo de quien las compró.
kept-title = Sin red
kept-here = Guardada en este dispositivo hasta el { $until }: esta página se abre también sin red.
kept-forget = Olvidar en este dispositivo
kept-offer = Esta página se puede guardar en este dispositivo, para que se abra sin red. En un ordenador que usa más gente, mejor no.
kept-keep = Guardar en este dispositivo
kept-keep-busy = Guardando
# Encima de la copia, cuando no hay red.
kept-as-of = Sin conexión: así estaba el { $at }
kept-as-of-line = Tus códigos valen en la puerta. Lo que haya cambiado desde entonces se verá aquí cuando vuelva la red.
