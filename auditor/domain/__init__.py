"""The nouns of the field and the clock. Knows no files, no database, no screen."""
