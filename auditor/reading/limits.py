"""How much is read at once. Whatever lies beyond is refused with a sentence, before any of it is unpacked or laid out.
Text tables and Parquet files are refused for no length: long ones are read in blocks.

The largest honest files stay far within: a year of a city's hotline is about 100,000 rows of 12 columns,
6 MB as XLSX, 41 MB unpacked, 1.2 million cells.
"""

MEGABYTE = 1024 * 1024
FILE = 200 * MEGABYTE
UNPACKED = 800 * MEGABYTE  # all parts of a package (XLSX, ODS) together
RATIO, RATIO_FROM = 100, 100 * MEGABYTE  # sheets shrink to a tenth; a file that grows a hundredfold is a trap
PARTS = 5_000  # files inside a package
CELLS = 25_000_000  # from A1 to the last cell with content, all sheets together: 1,048,576 rows of 23 columns
PAGE_CELLS = 4_000_000  # of the tables in a web page, which are taken apart cell by cell
ROWS, COLUMNS = 1_048_576, 16_384  # as large as a sheet can be
LINES = 5_000_000  # of a text file
LONG = 64 * MEGABYTE  # a text table beyond it is read block after block, however large it is
LONG_ROWS = 250_000  # and so is a Parquet file of more rows
BLOCK, BLOCK_ROWS = 24 * MEGABYTE, 100_000  # of a long text table and of a long Parquet file at a time
