"""What transforming costs and what it leaves, each beside the peer it is compared with, in one run."""
