"""One module per command; `cinema.main` lists them."""
