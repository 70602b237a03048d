"""How long a degree is."""

import math

# WGS84: half of the equatorial axis in metres, and the square of the eccentricity.
_AXIS = 6378137.0
_ECCENTRICITY2 = 0.00669437999014


def metres_per_degree(lat: float) -> tuple[float, float]:
    """The length of one degree of longitude and of latitude at this latitude, in metres, on the WGS84 ellipsoid.

    Good for distances of some kilometres, where the Earth is flat enough.
    """
    sine = math.sin(math.radians(lat))
    curve = 1 - _ECCENTRICITY2 * sine * sine
    prime = _AXIS / math.sqrt(curve)
    meridian = prime * (1 - _ECCENTRICITY2) / curve
    # At the pole a degree of longitude has no length; a centimetre keeps the division possible.
    return max(math.radians(prime) * math.cos(math.radians(lat)), 0.01), math.radians(meridian)
