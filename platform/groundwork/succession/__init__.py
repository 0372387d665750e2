"""Organisations and areas that are replaced, merged, split or renamed on a day: planned ahead, applied by the clock."""
