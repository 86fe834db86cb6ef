"""How a plan is carried out: operations with preconditions, one outcome each."""
