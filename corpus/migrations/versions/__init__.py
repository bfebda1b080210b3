"""One module a step, named v0001_…, v0002_… in order."""
