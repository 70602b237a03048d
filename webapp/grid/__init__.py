"""The three-tier grid: identity, dated versions with boundaries, published map layers."""
