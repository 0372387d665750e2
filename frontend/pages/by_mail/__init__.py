"""Where the links in mail lead: to do one thing, or to have less mail. Looking changes nothing; buttons act."""
