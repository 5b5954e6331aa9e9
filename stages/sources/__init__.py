"""Where pages come from: a file of page records, or a MediaWiki such as Wikipedia."""
