"""Floor 0, the ground: what every other room stands on and what needs no tensor."""
