"""``make bench``: what people and machines wait for, in pairs with a bare peer where one serves."""
