"""GPT-2 from scratch, in four parts: the model (`core`), `training`, `decoding` and `asking`.

It knows nothing of the pipeline's stages and can be used on its own.
"""
