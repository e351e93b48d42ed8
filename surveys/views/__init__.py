"""Staff side of surveys and statistics, under /staff/."""
