"""Page-shaped reads, by who reads: both sides, citizens, staff."""
