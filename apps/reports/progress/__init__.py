"""The quarterly progress report: from one edition of a release to an official document.

`report` has the variants. `blocks` are headings, passages, tables and pictures without any layout; `writing`
puts them on paper. A report is in Chinese whatever language its reader uses: `report.made` sees to it.
"""
