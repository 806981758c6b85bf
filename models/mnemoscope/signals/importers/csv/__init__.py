"""Tables as text: what a file looks like is sniffed, shown and can be changed."""
