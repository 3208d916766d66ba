"""What the command line does beside running the service: each file the commands of one matter."""
