"""The context of the year's papers: sheets and lists, the yearly report, opinions and answers."""
