"""A streaming replica that takes the reading of dashboards and reports (docs/adr/0019, docs/scaling.md)."""
