"""The believable service company of the demo: Jira facts only."""
