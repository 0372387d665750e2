"""The live board of a workshop: what is said in the room, kept the moment it is said."""
