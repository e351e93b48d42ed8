"""Master data in Excel, out and in: organizations, people, who answers for what, indicators, statistics, terms."""
