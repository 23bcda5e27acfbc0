"""Parts of `text`: tokens, how many people hold a run of them, transitions between them, and the guard against rare runs."""
