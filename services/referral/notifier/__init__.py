"""How a message leaves the house: by mail, and by a signed call to a machine."""
