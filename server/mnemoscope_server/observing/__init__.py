"""What an operator sees of the server: log lines, the requests they belong to, figures for Prometheus."""
