"""The parts of `relational`: how many children a parent has, which other rows a row refers to."""
