"""Pure rules: values in, values out. Imports the standard library only."""
