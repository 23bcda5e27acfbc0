"""The parts of `circuit`: a table as discrete variables, a tree over them, hidden states learnt by expectation-maximization."""
