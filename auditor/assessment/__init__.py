"""The statistics of the yearly evaluation and the figures of the yearly report: counted, compared, explained."""
