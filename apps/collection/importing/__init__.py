"""Facts from people's files: as drafts of whoever owes them."""
