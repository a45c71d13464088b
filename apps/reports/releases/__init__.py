"""Releases: a quarter frozen for citing, and the edition of it that one audience may read.

`content.content_of` collects everything a report needs from the database; `services.release_make` stores it
as one immutable text with its SHA-256; `edition.edition_of` thaws it into the objects that the pages use,
with what an audience may not see taken out.
"""
