# Lo que se vende a nombre de un promotor.
promoters-link = Quién vendió qué
promoters-title = Promotores
promoters-line = Lo que se vendió con los códigos de cada uno, lo que se devolvió y quién llegó. Una entrada traspasada a otra persona cuenta como vendida, no como llegada.
promoters-promoter = Promotor
promoters-code = Código
promoters-sold = Vendidas
promoters-returned = Devueltas
promoters-came = Llegaron
promoters-net = Dinero que queda
promoters-none = Nadie ha vendido nada aún
promoters-none-line = Pon el nombre de un promotor a un código: lo que se venda con él aparecerá aquí.
