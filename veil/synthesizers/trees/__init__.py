"""The parts of `cart`: in which order columns are drawn, what a tree sees of the earlier ones, and trees with smoothed leaves."""
