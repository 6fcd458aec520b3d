"""A chat platform of our own on one page, for trying the product out without any other."""
