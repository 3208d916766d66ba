"""The administration's tab of control: undo window, quiet periods, and up to when payments are entered."""
