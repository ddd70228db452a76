"""A sample shoot, made on this machine: an interview with its mistakes left in, and cutaways."""
