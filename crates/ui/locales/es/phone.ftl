# Entrar con un código enviado al teléfono
phone-title = Entrar con el teléfono
phone-mine-title = Teléfono
phone-done-added = Tu número está añadido: ya puedes entrar con él.
phone-done-removed = Tu número está quitado.
phone-number = Número de móvil
phone-number-line = Te enviamos un código por SMS. Con el prefijo del país, si no es el nuestro.
phone-number-wrong = No conocemos este número de móvil. Escríbelo con el prefijo del país, como +34 600 000 001.
phone-send = Envíame un código
phone-remove = Quitar este número
phone-code-title = Tu código
phone-code = Código del SMS
phone-code-line = Si el número que acaba en { $ending } existe, un código de seis cifras va en camino. Vale diez minutos y en este navegador.
phone-code-wrong = Este código no es correcto, ya se ha usado o es demasiado antiguo. Tras cinco errores pide otro.
phone-code-action = Seguir
phone-again = Pedir otro código
phone-somebody-elses = Este número ya sirve para otra cuenta. Quítalo allí primero.
phone-sms = { $code } es tu código para { $site }. Vale diez minutos. No se lo digas a nadie: nunca te lo pediremos.
