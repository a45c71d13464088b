"""Sentences whose every figure and every word of judgement is bound to the release it is told from.

A template (`templates.yaml`) is data with named slots. What fills a slot is a `Bound`: its text, the places
in the release that it rests on, its value, and how both follow from the release. A sentence that says a
figure or a judgement which is not bound, or a binding that does not follow from its value, is never written:
`ProseError`.
"""
