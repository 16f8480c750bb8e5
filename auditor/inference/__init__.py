"""Inference: which judgements fire on which facts. It knows neither law nor logs."""
