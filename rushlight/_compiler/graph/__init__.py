"""The Graph: what a traced function computes, one node for each operation."""
