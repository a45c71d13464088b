"""What reported facts are held against: rules that the bureau edits."""
