"""How cells become what methods learn, and back: levels, numbers with the lattice that they lie on, absences."""
