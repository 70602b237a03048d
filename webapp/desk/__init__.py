"""Pages that gather domains: the officer's home, the desks, the card of a grid, weekly figures."""
