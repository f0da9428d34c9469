"""How the drill of mutants makes them, puts them in place and judges them."""
