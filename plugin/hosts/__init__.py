"""Who is calling? Each host turns a request into one Principal; nothing behind it knows the host."""
