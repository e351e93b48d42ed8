"""Page-shaped reads: what citizens see, and the tables of the raw answers."""
