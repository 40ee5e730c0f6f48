"""docs/features.md and its pictures, made from the running program: `make features`."""
