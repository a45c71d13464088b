"""Documents on paper in the house style of GB/T 9704-2012: page, type, headings, tables, page numbers.

It knows nothing of indicators: texts, tables and pictures go in, the bytes of a Word file come out.
"""
