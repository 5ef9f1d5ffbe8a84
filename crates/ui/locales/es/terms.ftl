# How a night and its ticket types are sold: part of the desk's form.
terms-who = Quién la encuentra
terms-visibility = Visible para
terms-visibility-public = Todo el mundo: aparece en las listas
terms-visibility-unlisted = Quien tenga el enlace
terms-visibility-private = Quien tenga el enlace y el código de acceso
terms-access-code = Código de acceso
terms-access-code-event-hint = Para una noche privada. De 3 a 40 letras, cifras y guiones; da igual mayúscula o minúscula. Se abre con /e/NOCHE?code=CÓDIGO.
terms-access-code-hint = Oculta este tipo hasta que alguien da el código, en la página de la noche o con /e/NOCHE?code=CÓDIGO.
terms-caps = Límites comunes
terms-caps-hint = Un límite que comparten varios tipos de entrada, como la sala. Cada tipo conserva además el suyo.
terms-cap-name = Nombre
terms-cap-capacity = Entradas en total
terms-add-cap = Añadir un límite
terms-refunds = Devoluciones
terms-self-service = Los clientes devuelven entradas por sí mismos hasta tantas horas antes de abrir
terms-self-service-hint = 48, o 1,5. El dinero vuelve solo a su tarjeta. Vacío: lo piden al club.
terms-keeps-fees = Los gastos de gestión se quedan en el club
terms-places = Entradas por compra
terms-places-hint = 5 para una entrada de grupo de cinco.
terms-per-guest = Máximo de entradas por persona
terms-per-guest-hint = Sumando todos los pedidos de un correo. Vacío: sin límite.
terms-shared-cap = Límite común
terms-shared-cap-hint = Uno de los límites de arriba
terms-shared-cap-none = Ninguno
terms-tax = Impuesto, %
terms-tax-on-top = El impuesto se añade al precio (si no, el precio lo incluye)
terms-fee-fixed = Gastos propios por entrada
terms-fee-hint = En lugar de los gastos de la noche.
terms-fee-percent = Gastos propios, % del precio
terms-fee-absorbed = El precio incluye los gastos: los asume el club
terms-add-on = Un extra: solo se vende con una entrada, y vale en su propia zona
terms-tiers = Precios anticipados
terms-tiers-hint = Cada uno vale hasta su hora o hasta que se acaban sus entradas. Después del último vale el precio de arriba.
terms-tier-name = Nombre
terms-tier-price = Precio
terms-tier-places = Entradas
terms-tier-until = Hasta
