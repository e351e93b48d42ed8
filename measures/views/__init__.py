"""The staff side: one module per thing staff look at."""
