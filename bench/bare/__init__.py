"""The baseline: the plainest Django list of the same rows that still shows the same facts.

25 initiatives a page, each with its lead organisation and three chips, prefetched; one template, no total, no filter
panel, no navigation; the middleware of ``startproject``; the same server, database, pool and Python as the product.
"""
