"""The report: pictures, report.md and index.html, only from metrics and records."""
