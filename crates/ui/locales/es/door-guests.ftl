# Qué guarda la puerta sobre un cliente y cuándo se olvida.
door-guests-closes = Cerrada: no habrá reclamación ni policía. (Mientras esté abierta se conserva, aunque el cliente pida que lo olvidemos.)
door-guests-file = Lo que la puerta anotó junto a tus entradas: cuándo entraste y saliste, y por qué puerta
door-guests-missing = La puerta no respondió cuando se hizo este archivo. Pídelo otra vez para tener también tus escaneos.
