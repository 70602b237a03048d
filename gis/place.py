"""Can a border be where it is drawn: the first two digits of a code (GB/T 2260) are a province.

The frames are longitude and latitude in degrees, rounded outwards by us from what any atlas shows; they are no
statement about borders. A county in the frame of another province is an error, because the usual reason is a wrong
central meridian, which puts it some hundred kilometres off and looks right otherwise.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

# digits, name, west, south, east, north
PROVINCES = """
11 北京   115.3 39.3 117.7 41.2
12 天津   116.6 38.4 118.2 40.4
13 河北   113.3 35.9 120.0 42.8
14 山西   110.1 34.4 114.7 40.9
15 内蒙古  97.0 37.3 126.2 53.5
21 辽宁   118.7 38.6 125.9 43.6
22 吉林   121.5 40.7 131.5 46.4
23 黑龙江 121.0 43.3 135.3 53.7
31 上海   120.7 30.5 122.4 32.0
32 江苏   116.2 30.6 122.1 35.3
33 浙江   117.9 26.9 123.6 31.3
34 安徽   114.7 29.3 119.8 34.8
35 福建   115.7 23.4 120.9 28.5
36 江西   113.4 24.3 118.6 30.2
37 山东   114.6 34.2 122.9 38.6
41 河南   110.2 31.2 116.8 36.5
42 湖北   108.2 28.9 116.3 33.4
43 湖南   108.6 24.5 114.4 30.3
44 广东   109.5 20.0 117.5 25.7
45 广西   104.3 20.7 112.2 26.5
46 海南   108.3  3.4 118.1 20.4
50 重庆   105.1 28.0 110.4 32.4
51 四川    97.2 25.9 108.7 34.5
52 贵州   103.4 24.5 109.8 29.4
53 云南    97.3 21.0 106.4 29.4
54 西藏    78.1 26.6  99.3 36.7
61 陕西   105.3 31.5 111.4 39.8
62 甘肃    92.1 32.4 108.9 43.0
63 青海    89.2 31.4 103.3 39.4
64 宁夏   104.1 35.1 107.9 39.6
65 新疆    73.2 34.1  96.6 49.4
71 台湾   118.0 20.4 124.7 26.6
81 香港   113.6 22.0 114.7 22.8
82 澳门   113.4 22.0 113.8 22.4
"""
FRAMES = {row[0]: (row[1], tuple(map(float, row[2:]))) for row in map(str.split, PROVINCES.strip().splitlines())}
DIGITS = 6  # of a county's code; shorter ones are of another system


def misplaced(codes: Sequence[str], bounds: np.ndarray) -> Iterator[tuple[str, list[int]]]:
    """Each province with the rows that have its digits and whose middle lies outside of its frame.

    `bounds` (n, 4) are west, south, east, north in degrees, not numbers where a row has no shape.
    """
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    found = defaultdict(list)
    for at, (code, (lon, lat)) in enumerate(zip(codes, middle.tolist(), strict=True)):
        if len(code) >= DIGITS and code.isdigit() and (frame := FRAMES.get(code[:2])):
            name, (west, south, east, north) = frame
            if lon == lon and not (west <= lon <= east and south <= lat <= north):
                found[name].append(at)
    yield from found.items()
