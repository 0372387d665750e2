"""What happens on partnership boards, as other rooms hear of it: see the modules, named by what it happens to."""
