"""The report: pictures, report.md and index.html, from metrics and records alone."""
