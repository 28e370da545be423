"""The stages of the build graph: what each depends on, and how its folder is filled.

Every stage fills a folder of its own, which is put in place when it is complete. What a stage
alone needs is imported when it runs: most builds have little to do.
"""
