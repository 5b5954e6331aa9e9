"""The servers that can be asked, each through its own client library."""
