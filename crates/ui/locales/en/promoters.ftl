# What is sold in a promoter's name.
promoters-link = Who sold what
promoters-title = Promoters
promoters-line = What was sold with whose codes, what came back, and who came. A ticket that was passed on to a friend counts as sold, and not as come.
promoters-promoter = Promoter
promoters-code = Code
promoters-sold = Sold
promoters-returned = Given back
promoters-came = Came
promoters-net = Money left
promoters-none = Nobody has sold anything yet
promoters-none-line = Give a promo code the name of a promoter: what is sold with it stands here.
