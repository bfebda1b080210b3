"""The desk: tickets, accounts, curated answers, statistics and the audit — how what staff know becomes known here."""
