"""What the servers of both programs, hub and gateway, share: a process to themselves, and what they
do against clients that mean harm or err.
"""
