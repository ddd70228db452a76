"""The rule-based director: footage and wishes in, a director's cut out. Pure and deterministic."""
