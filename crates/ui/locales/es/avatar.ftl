# La imagen de una persona.
avatar-title = Tu imagen
avatar-line = La ves aquí, y también quien gestiona el personal si trabajas en el club. Nadie más.
avatar-file = Una imagen de tu dispositivo
avatar-file-hint = JPEG, PNG o WebP, como mucho 5 MB. Guardamos su centro como un cuadrado pequeño, sin lugar, hora ni dispositivo.
avatar-save = Usar esta imagen
avatar-remove = Quitar la imagen
avatar-fault-missing = Elige primero una imagen.
avatar-fault-large = Este archivo es demasiado grande: una imagen puede tener 5 MB.
avatar-fault-unknown = Esto no es una imagen que conozcamos: elige un archivo JPEG, PNG o WebP.
avatar-fault-unreadable = Esta imagen no se puede leer: puede que el archivo esté dañado.
avatar-fault-pixels = Esta imagen tiene demasiados píxeles: elige una más pequeña.
