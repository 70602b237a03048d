"""What a boundary delivery is once it has been read: facts, cells and findings, and the refusal to read one.

Every sentence a reader may see stands in `MESSAGES`, in English with `%(name)s` placeholders, marked with `N_`
so that the catalogue extractor finds it. Whoever shows a finding translates `message` and fills in `params`.
"""

from dataclasses import dataclass, field


def N_(text: str) -> str:
    """Mark a sentence for translation without translating it (gettext's usual no-op)."""
    return text


SHOWN = 5  # rows that a printed finding names
ERROR, WARNING, REFUSAL = "error", "warning", "refusal"

# code -> (level, sentence). A refusal stops the reading, an error stops the import, a warning is shown.
MESSAGES: dict[str, tuple[str, str]] = {
    # the file itself
    "unreadable": (REFUSAL, N_("%(file)s cannot be opened.")),
    "file_twice": (REFUSAL, N_("%(file)s is named twice. Name each file once.")),
    "unknown_format": (
        REFUSAL,
        N_(
            "%(file)s is neither a GeoPackage, a GeoJSON file nor a zip of shapefiles: its content decides, not its name."
        ),
    ),
    "file_too_big": (REFUSAL, N_("%(file)s is larger than %(limit)s MB. Deliver one county per file.")),
    "damaged": (REFUSAL, N_("%(file)s is damaged or cut short and cannot be read. Export it again.")),
    "too_many_rows": (REFUSAL, N_("%(file)s has a layer with %(limit)s rows or more. Deliver one county per file.")),
    "too_slow": (REFUSAL, N_("Reading %(file)s took longer than %(limit)s seconds and was stopped.")),
    "too_much_memory": (REFUSAL, N_("Reading %(file)s needs more memory than the %(limit)s MB allowed.")),
    "no_sandbox": (
        REFUSAL,
        N_("This machine offers no sandbox for reading %(file)s. Install bubblewrap, or deliver GeoJSON."),
    ),
    "nothing_inside": (REFUSAL, N_("%(file)s holds no layer with polygons.")),
    # zips
    "zip_member": (
        REFUSAL,
        N_(
            "The zip %(file)s holds “%(member)s”. Only .shp, .shx, .dbf, .prj and .cpg files belong in it, all at the top or in one folder, without links."
        ),
    ),
    "zip_aside": (WARNING, N_("The zip %(file)s holds more than borders; this was not opened: %(rows)s")),
    "zip_too_many": (REFUSAL, N_("The zip %(file)s holds more than %(limit)s files.")),
    "zip_too_big": (REFUSAL, N_("The zip %(file)s unpacks to more than %(limit)s MB.")),
    "zip_ratio": (REFUSAL, N_("The zip %(file)s is packed more than %(limit)s to 1: that is no boundary file.")),
    "zip_locked": (
        REFUSAL,
        N_("The zip %(file)s is encrypted or packed in an unusual way. Zip it again without a password."),
    ),
    "zip_twice": (REFUSAL, N_("The zip %(file)s holds “%(member)s” twice.")),
    "shapefile_incomplete": (REFUSAL, N_("The shapefile %(layer)s lacks its %(part)s file.")),
    # GeoPackage
    "gpkg_foreign_part": (
        REFUSAL,
        N_(
            "The GeoPackage %(file)s holds “%(part)s”, which may reach other files. Export the boundary layers alone into a new GeoPackage."
        ),
    ),
    "gpkg_not": (REFUSAL, N_("%(file)s is an SQLite database but no GeoPackage.")),
    # GeoJSON
    "json_bad": (REFUSAL, N_("%(file)s is not valid JSON: %(why)s")),
    "json_too_deep": (REFUSAL, N_("%(file)s is nested deeper than %(limit)s levels.")),
    "json_too_many": (REFUSAL, N_("%(file)s has more than %(limit)s points.")),
    "json_not_finite": (REFUSAL, N_("%(file)s holds a number that is not finite: %(value)s")),
    "json_no_collection": (REFUSAL, N_("%(file)s is JSON but no GeoJSON FeatureCollection.")),
    "json_geometry": (REFUSAL, N_("Layer %(layer)s, feature %(row)s: the geometry is broken: %(why)s")),
    "json_crs_link": (
        REFUSAL,
        N_(
            "%(file)s points to a coordinate system elsewhere. Nothing was fetched: write the coordinates as WGS84 or CGCS2000 longitude and latitude."
        ),
    ),
    "not_finite": (REFUSAL, N_("Layer %(layer)s holds coordinates that are not finite numbers.")),
    # coordinate systems
    "crs_missing": (
        REFUSAL,
        N_(
            "Layer %(layer)s does not say its coordinate system. Deliver the .prj file, or name the system when importing."
        ),
    ),
    "crs_unknown": (
        REFUSAL,
        N_("Layer %(layer)s: the coordinate system “%(name)s” is not known here. Deliver CGCS2000 or WGS84."),
    ),
    "crs_xian80": (
        REFUSAL,
        N_(
            "Layer %(layer)s is in Xian 1980. Turning it into CGCS2000 needs parameters that only the surveying authority has: ask it for CGCS2000."
        ),
    ),
    "crs_beijing54": (
        REFUSAL,
        N_(
            "Layer %(layer)s is in Beijing 1954. Turning it into CGCS2000 needs parameters that only the surveying authority has: ask it for CGCS2000."
        ),
    ),
    "crs_local": (
        REFUSAL,
        N_("Layer %(layer)s is in a local coordinate system. Ask the surveying authority for CGCS2000."),
    ),
    "crs_projection": (
        REFUSAL,
        N_(
            "Layer %(layer)s uses the projection “%(name)s”. Deliver CGCS2000 longitude and latitude or 3-degree Gauss-Kruger."
        ),
    ),
    "crs_zone": (
        REFUSAL,
        N_(
            "Layer %(layer)s: the coordinates do not fit %(name)s: the zone number is missing or one too many (first east value %(value)s). Correct the .prj."
        ),
    ),
    "crs_degrees": (REFUSAL, N_("Layer %(layer)s says %(name)s, but its coordinates are degrees. Correct the .prj.")),
    "crs_metres": (
        REFUSAL,
        N_(
            "Layer %(layer)s says %(name)s, but its coordinates are no degrees (first value %(value)s). Correct the .prj."
        ),
    ),
    "crs_swapped": (REFUSAL, N_("Layer %(layer)s has latitude before longitude. Write longitude first.")),
    "crs_not_lonlat": (
        REFUSAL,
        N_("Layer %(layer)s is said to be %(name)s, which needs longitude and latitude, but it is in %(found)s."),
    ),
    # text and columns
    "encoding_unknown": (
        REFUSAL,
        N_("The text of layer %(layer)s is neither UTF-8 nor GB18030. Export it again as UTF-8 with a .cpg file."),
    ),
    "encoding_wrong": (WARNING, N_("Layer %(layer)s says its text is %(said)s, but it is %(used)s; that was used.")),
    "text_cut": (WARNING, N_("Layer %(layer)s: texts are cut off in the middle of a character: %(rows)s")),
    "text_private": (
        WARNING,
        N_("Layer %(layer)s: texts hold characters that only the sender's font can show: %(rows)s"),
    ),
    "no_code_column": (
        REFUSAL,
        N_(
            "Layer %(layer)s has no column for the code; columns found: %(columns)s. Name it with --code, or name the layers to take with --layer."
        ),
    ),
    "no_name_column": (
        REFUSAL,
        N_("Layer %(layer)s has no column for the name; columns found: %(columns)s. Name it with --name."),
    ),
    "columns_unclear": (
        REFUSAL,
        N_("Layer %(layer)s: any of these columns may be meant: %(columns)s. Name the right one with %(option)s."),
    ),
    "column_repeats": (
        REFUSAL,
        N_(
            "Layer %(layer)s: most rows have the same in %(columns)s, so this is not what tells them apart. Name the right column with %(option)s."
        ),
    ),
    "column_not_there": (REFUSAL, N_("No layer has a column %(column)s; columns found: %(columns)s")),
    "layer_not_there": (REFUSAL, N_("There is no layer %(layer)s; layers found: %(layers)s")),
    "layer_no_code": (
        WARNING,
        N_("Layer %(layer)s has no column for the code and was left out; columns found: %(columns)s"),
    ),
    "layer_unwanted": (WARNING, N_("Layer %(layer)s was left out, as was asked.")),
    "tiers_unclear": (
        REFUSAL,
        N_(
            "It is not clear which layer is county, township and village: %(layers)s. Put the level into the layer names."
        ),
    ),
    "layer_ignored": (WARNING, N_("Layer %(layer)s has no polygons and was left out.")),
    # rows
    "no_shape": (ERROR, N_("Without a polygon: %(rows)s")),
    "row_not_finite": (ERROR, N_("Coordinates that are no finite numbers: %(rows)s")),
    "row_place": (
        ERROR,
        N_(
            "Coordinates that fit nowhere, while those of the other rows of the layer do. Latitude before longitude, or another zone? %(rows)s"
        ),
    ),
    "tangled": (ERROR, N_("The border crosses itself too often to be repaired. Draw it again: %(rows)s")),
    "invalid": (WARNING, N_("The border crosses itself; it was repaired: %(rows)s")),
    "code_empty": (ERROR, N_("Without a code: %(rows)s")),
    "name_empty": (ERROR, N_("Without a name: %(rows)s")),
    "too_long": (ERROR, N_("A code may have 20 characters, a name 80; longer are: %(rows)s")),
    "code_twice": (ERROR, N_("The code %(code)s stands more than once: %(rows)s")),
    "tier_missing": (ERROR, N_("There is no %(tier)s in the delivery.")),
    "stacked": (ERROR, N_("Too many shapes lie on one another. Is a layer in the file several times? %(rows)s")),
    "counties_many": (ERROR, N_("There must be one county, but there are more: %(rows)s")),
    "parent_unknown": (ERROR, N_("The parent “%(parent)s” does not exist: %(rows)s")),
    "parent_none": (
        ERROR,
        N_("Belongs to nothing: neither a parent column, nor the code, nor the place says to what: %(rows)s"),
    ),
    "parent_wrong": (ERROR, N_("Said to belong to %(parent)s, but %(share)s %% of it lies outside: %(rows)s")),
    # shapes against each other
    "outside_parent": (WARNING, N_("%(area)s m² lie outside %(parent)s: %(rows)s")),
    "overlap": (WARNING, N_("%(area)s m² are claimed twice: %(rows)s")),
    "gap": (WARNING, N_("%(area)s m² of %(parent)s belong to nobody; beside it: %(rows)s")),
    "sliver": (
        WARNING,
        N_(
            "Borders in %(parent)s do not match exactly: %(count)s places less than %(width)s m wide on average, %(area)s m² in all: %(rows)s"
        ),
    ),
    "multipart": (WARNING, N_("Consists of several parts (an exclave or islands; please confirm): %(rows)s")),
}

TIER_NAMES = {1: N_("county"), 2: N_("township"), 3: N_("village")}


class Refused(Exception):
    """The delivery cannot be read. `code` names a row of MESSAGES, `params` fill its sentence."""

    def __init__(self, code: str, **params: str):
        self.code, self.params, self.message = code, params, MESSAGES[code][1]
        super().__init__(self.message % params)


@dataclass(frozen=True)
class Finding:
    """One thing a person should know about the delivery.

    `rows` are labels a person recognises ("220422100201 神農里"), `cells` the same rows as indexes into
    `Delivery.cells` where they are cells, `at` a longitude and latitude to look at where there is one.
    """

    code: str
    rows: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)
    cells: tuple[int, ...] = ()
    at: tuple[float, float] | None = None

    @property
    def level(self) -> str:
        """'error' stops an import, 'warning' is only shown."""
        return MESSAGES[self.code][0]

    @property
    def message(self) -> str:
        """The English sentence with placeholders: the message id for the translation."""
        return MESSAGES[self.code][1]

    @property
    def values(self) -> dict[str, str]:
        """What fills the placeholders of the (translated) message, the rows included."""
        return {**self.params, "rows": ", ".join(self.rows)}

    def __str__(self) -> str:
        """For one line of a terminal: all rows stand in `rows`, here the first few and how many more there are."""
        more = len(self.rows) - SHOWN
        rows = ", ".join(self.rows[:SHOWN]) + (f" and {more} more" if more > 0 else "")
        return self.message % {**self.values, "rows": rows}


@dataclass(frozen=True)
class Choice:
    """What the sender of a delivery says himself, each as a list: of the names of columns a layer's first counts.

    `layer` names the layers that are taken; none means all.
    """

    code: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    parent: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What was understood about one layer: shown before anything is stored."""

    file: str
    layer: str
    tier: int | None  # None: one layer holds several tiers
    count: int
    encoding: str
    encoding_from: str  # 'cpg', 'ldid', 'tried' or 'format'
    crs: str
    epsg: int | None
    code_column: str
    name_column: str
    parent_column: str | None


@dataclass(frozen=True)
class Cell:
    """One administrative unit: tier 1 county, 2 township, 3 village.

    `boundary` is WKB of a valid polygon or multipolygon in longitude/latitude (WGS84 = CGCS2000 here), empty
    bytes where the row had none; `parent` an index into `Delivery.cells`.
    """

    tier: int
    code: str
    name: str
    parent: int | None
    boundary: bytes
    how_parent: str | None  # 'column', 'prefix', 'place'; None where there is no parent
    source: str = ""  # layer and row number in the file

    @property
    def label(self) -> str:
        """How a person finds the row: code and name, or where it stands in his file."""
        words = (self.code, self.name) if self.code and self.name else (self.code or self.name, f"({self.source})")
        return " ".join(words).strip()


@dataclass(frozen=True)
class Delivery:
    """Everything one delivery says: parents stand before their children in `cells`."""

    facts: tuple[Facts, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.level == ERROR)

    def count(self, tier: int) -> int:
        """How many cells a tier has."""
        return sum(cell.tier == tier for cell in self.cells)

    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all borders in degrees; not finite where there are none."""
        import shapely  # not loaded in the boxed-in child, which knows this module too

        west, south, east, north = shapely.total_bounds(
            shapely.from_wkb([cell.boundary for cell in self.cells if cell.boundary])
        )
        return float(west), float(south), float(east), float(north)
