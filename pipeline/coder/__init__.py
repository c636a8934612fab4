"""Candidates → mentions: what one sentence of one article claims, with date, status and probability."""
