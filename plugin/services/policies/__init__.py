"""Policies as people work on them: drafts, versions, presets, YAML, who follows which, and what a change would do."""
