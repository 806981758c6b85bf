"""From cells to columns: numbers, dates, times, order, which series, units. The same for text tables, arrays, Parquet and JSON."""
