"""The PDF: page data made in Python, laid out by Typst from ``templates/invoice``."""
