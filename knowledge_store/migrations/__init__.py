"""How the database came to its shape, a revision each."""
