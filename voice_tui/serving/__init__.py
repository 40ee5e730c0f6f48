"""What the servers of both programs, hub and gateway, do against clients that mean harm or err."""
