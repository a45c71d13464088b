"""The Excel data book of a release: one sheet an area, native charts, definitions, sources, typed cells.

    from apps.reports.databook.book import databook_bytes
    from apps.reports.databook.parts import Part

    databook_bytes(edition)                             # the whole district
    databook_bytes(edition, Part(area=6))               # one area; Part(office="…code…"), Part(school=12)

The same edition gives the same bytes.
"""
