"""The second wall: who the database believes is asking, and which rows each side may touch (docs/adr/0009)."""
