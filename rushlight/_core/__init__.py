"""Floor 2, the engine: the record, dispatch, Tensor, the tape."""
