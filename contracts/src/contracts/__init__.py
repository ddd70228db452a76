"""What Cinema AI's services tell each other. Pydantic only: no I/O, no service's code."""
