"""What several optimizers share: checks, elementwise rules, a line search."""
