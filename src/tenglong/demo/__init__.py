"""The demo county: invented land, firms and people, marked 示范数据, the same for the same seed.

Every layer draws from its own named stream, so that a later part can add history without changing what stands.
"""
