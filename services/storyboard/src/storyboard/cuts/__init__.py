"""From the director's cut to one timeline per kind and aspect ratio. Pure and deterministic."""
