"""A release as slides for the meeting: native charts, one message a slide, its sources in the notes.

    from apps.reports.slides.deck import deck_bytes

    deck_bytes(edition)                     # the whole district
    deck_bytes(edition, Part(office=12))    # what one office leads

The same edition and part give the same bytes.
"""
