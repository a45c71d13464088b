"""Reports that come by themselves: on the day of a release, or on one day of each month."""
