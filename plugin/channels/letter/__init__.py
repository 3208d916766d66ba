"""Steps that go by post: a letter to print, and a task for whoever posts it."""
