"""How well and how fast Veil classifies, beside its peers: columns of tables, texts, and speed."""
