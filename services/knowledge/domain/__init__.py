"""Rules of written knowledge: words, ranking, rendering, masking and the life of an article. Pure."""
