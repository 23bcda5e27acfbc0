"""JSON cells as trees of places in their text, so that what is not changed stays byte for byte as it was written."""
