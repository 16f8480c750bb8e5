"""Official documents (公文): the circular and the letters, laid out as GB/T 9704-2012 asks, as Word files."""
