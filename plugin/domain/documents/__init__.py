"""The document model and the checks before issuing; standard library only."""
