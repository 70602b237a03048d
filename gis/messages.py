"""What is said about a delivery: every sentence that a reader of it may see, with how much it weighs.

In English with `%(name)s` placeholders, marked with `N_` so that the catalogue extractor finds it. Whoever shows a
finding translates `message` and fills in `params`.
"""


def N_(text: str) -> str:
    """Mark a sentence for translation without translating it (gettext's usual no-op)."""
    return text


SHOWN = 5  # rows that a printed finding names
MORE = N_(" and %(number)s more")
#: What the work on a delivery is at, in its order.
STAGES = {
    "opening": N_("The files are being opened."),
    "reading": N_("Rows and borders are being read."),
    "drawing": N_("The map is being drawn for trial."),
    "checking": N_("The borders are being held against each other."),
    "comparing": N_("What would change is being worked out."),
}
WORDS = ("tier",)  # what fills a sentence and is a word itself
ERROR, WARNING, NOTE, REFUSAL = "error", "warning", "note", "refusal"
LEVELS = (ERROR, WARNING, NOTE)  # of findings, the worst first

# code -> (level, sentence). A refusal stops the reading, an error stops the import, a warning has to be answered for by
# somebody, a note is shown.
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
    "unread_archive": (
        REFUSAL,
        N_("%(file)s is an archive that is not read here. Unpack it, and pack its files as a zip."),
    ),
    "unread_shp": (
        REFUSAL,
        N_("%(file)s is one part of a shapefile. Pack its .shp, .shx, .dbf and .prj together into a zip."),
    ),
    "unread_tab": (
        REFUSAL,
        N_("%(file)s is one part of a MapInfo table. Pack its .tab, .dat, .map and .id, or .mif and .mid, into a zip."),
    ),
    "unread_gdb": (
        REFUSAL,
        N_(
            "%(file)s holds a file geodatabase (.gdb), which is not read here. Export its layers as GeoPackage or shapefiles."
        ),
    ),
    "unread_gml": (REFUSAL, N_("%(file)s is GML, which is not read here. Export it as GeoPackage.")),
    "unread_cad": (
        REFUSAL,
        N_("%(file)s is a drawing (CAD), whose lines are no areas. Ask for the borders as GeoPackage or shapefiles."),
    ),
    "unread_csv": (
        REFUSAL,
        N_("%(file)s is a table without borders that could be read. Export the layer itself as GeoPackage."),
    ),
    "unread_office": (
        REFUSAL,
        N_("%(file)s is an office document, not borders. Ask for the borders as GeoPackage or shapefiles."),
    ),
    "unread_other": (REFUSAL, N_("%(file)s is of a kind that is not read here. Export it as GeoPackage.")),
    "file_too_big": (REFUSAL, N_("%(file)s is larger than %(limit)s MB. Deliver one county per file.")),
    "damaged": (REFUSAL, N_("%(file)s is damaged or cut short and cannot be read. Export it again.")),
    "too_many_rows": (REFUSAL, N_("%(file)s has a layer with %(limit)s rows or more. Deliver one county per file.")),
    "too_slow": (REFUSAL, N_("Reading %(file)s took longer than %(limit)s seconds and was stopped.")),
    "too_much_memory": (REFUSAL, N_("Reading %(file)s needs more memory than the %(limit)s MB allowed.")),
    "no_sandbox": (
        REFUSAL,
        N_("This machine offers no sandbox for reading %(file)s. Install bubblewrap, or deliver GeoJSON."),
    ),
    "one_border": (
        REFUSAL,
        N_(
            "%(file)s holds %(count)s shapes. Give a file with the one border that is meant, and one that does not cross itself too often."
        ),
    ),
    "nothing_inside": (REFUSAL, N_("%(file)s holds no layer with polygons.")),
    "backdrop_empty": (REFUSAL, N_("No line and no area of these files lies in the county.")),
    "backdrop_big": (
        REFUSAL,
        N_(
            "These roads and waters would be %(size)s kB for each phone, more than %(limit)s. Deliver the main ones only."
        ),
    ),
    # zips
    "zip_member": (
        REFUSAL,
        N_(
            "The zip %(file)s holds “%(member)s”, a link or a name that leads elsewhere. Zip the borders again, with plain files alone."
        ),
    ),
    "zip_aside": (NOTE, N_("The zip %(file)s holds more than borders; this was not opened: %(rows)s")),
    "zip_in_zip": (
        REFUSAL,
        N_("The zip %(file)s holds another archive, “%(member)s”. Unpack it, and give what is in it."),
    ),
    "zip_too_many": (REFUSAL, N_("The zip %(file)s holds more than %(limit)s files.")),
    "zip_too_big": (REFUSAL, N_("The zip %(file)s unpacks to more than %(limit)s MB.")),
    "zip_ratio": (REFUSAL, N_("The zip %(file)s is packed more than %(limit)s to 1: that is no boundary file.")),
    "zip_locked": (
        REFUSAL,
        N_("The zip %(file)s is encrypted or packed in an unusual way. Zip it again without a password."),
    ),
    "zip_twice": (
        REFUSAL,
        N_("The zip %(file)s holds “%(member)s” twice, perhaps in two folders. Leave one of them out."),
    ),
    "shapefile_incomplete": (REFUSAL, N_("The layer %(layer)s lacks its %(part)s file.")),
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
    "cpg_unknown": (
        REFUSAL,
        N_(
            "Layer %(layer)s: its .cpg file says “%(said)s”, a text encoding that is not known here. Correct the .cpg, or export again as UTF-8."
        ),
    ),
    "ldid_unknown": (
        REFUSAL,
        N_(
            "Layer %(layer)s: its .dbf says language %(said)s, which is not known here. Add a .cpg file, or export again as UTF-8."
        ),
    ),
    "json_utf16": (REFUSAL, N_("%(file)s is in UTF-16. Save it as UTF-8.")),
    "encoding_unknown": (
        REFUSAL,
        N_("The text of layer %(layer)s is neither UTF-8 nor GB18030. Export it again as UTF-8 with a .cpg file."),
    ),
    "encoding_wrong": (WARNING, N_("Layer %(layer)s says its text is %(said)s, but it is %(used)s; that was used.")),
    "text_cut": (WARNING, N_("Texts are cut off in the middle of a character: %(rows)s")),
    "text_cut_many": (
        ERROR,
        N_(
            "Many texts are cut off in the middle of a character, so they are read in the wrong encoding or were cut: %(rows)s"
        ),
    ),
    "text_private": (WARNING, N_("Texts hold characters that only the sender's font can show: %(rows)s")),
    "text_private_many": (
        ERROR,
        N_(
            "Many texts hold characters that only the sender's font can show, so they are probably read in the wrong encoding: %(rows)s"
        ),
    ),
    "text_damaged": (ERROR, N_("A code or name holds characters that are damaged: %(rows)s")),
    "cleaned": (
        NOTE,
        N_(
            "Blanks, invisible characters, full-width digits or “.0” were taken out of the code, the name or the parent: %(rows)s"
        ),
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
    "layer_unwanted": (NOTE, N_("Layer %(layer)s was left out, as was asked.")),
    "tiers_unclear": (
        REFUSAL,
        N_(
            "It is not clear which layer is county, township and village: %(layers)s. Put the level into the layer names."
        ),
    ),
    "fourth_left_out": (
        WARNING,
        N_(
            "A fourth level below the villages was not asked for; %(count)s rows of layer %(layer)s were left out: %(rows)s"
        ),
    ),
    "unit_elsewhere": (
        WARNING,
        N_(
            "Unit grids stand below communities of subdistricts only; these %(count)s rows of the fourth level were "
            "left out: %(rows)s"
        ),
    ),
    "unit_outside": (WARNING, N_("Unit grids that lie outside of their community: %(rows)s")),
    "layer_ignored": (NOTE, N_("Layer %(layer)s has no polygons and was left out.")),
    # rows
    "no_shape": (WARNING, N_("Without a polygon: %(rows)s")),
    "merged": (WARNING, N_("Stood in several rows with one code and one name, and was put together: %(rows)s")),
    "made": (
        WARNING,
        N_(
            "There was no %(tier)s in the delivery; made from what lies below, by how the codes begin. Where no name was found, the code stands for it: %(rows)s"
        ),
    ),
    "row_not_finite": (ERROR, N_("Coordinates that are no finite numbers: %(rows)s")),
    "row_place": (
        ERROR,
        N_(
            "Coordinates that fit nowhere, while those of the other rows of the layer do. Latitude before longitude, or another zone? %(rows)s"
        ),
    ),
    "tangled": (ERROR, N_("The border crosses itself too often to be repaired. Draw it again: %(rows)s")),
    "invalid": (WARNING, N_("The border crosses itself; it was repaired: %(rows)s")),
    "list_cell": (
        ERROR,
        N_("A cell holds an error, a formula or hidden characters, or is too long. Write the value itself: %(rows)s"),
    ),
    "list_level": (
        ERROR,
        N_(
            "The level is not known. Write 1 for the county, 2 for a township, 3 for a village, 4 for a unit grid: %(rows)s"
        ),
    ),
    "code_empty": (ERROR, N_("Without a code: %(rows)s")),
    "name_empty": (ERROR, N_("Without a name: %(rows)s")),
    "too_long": (ERROR, N_("A code may have 20 characters, a name 80; longer are: %(rows)s")),
    "code_swapped": (ERROR, N_("The code stands where the name should, and the name where the code should: %(rows)s")),
    "code_excel": (
        ERROR,
        N_("A spreadsheet has rounded the code and its end is lost. Export it again as text: %(rows)s"),
    ),
    "code_odd": (ERROR, N_("The code is no number, while the others of this level are: %(rows)s")),
    "code_letters": (WARNING, N_("The codes of this level are no numbers: %(rows)s")),
    "code_length": (
        ERROR,
        N_("The codes of this level have %(length)s digits; these have not (a lost zero?): %(rows)s"),
    ),
    "code_prefix": (WARNING, N_("The code does not begin as that of %(parent)s, to which it belongs: %(rows)s")),
    "place_wrong": (
        ERROR,
        N_(
            "By the code this is in %(province)s, by the border it is not. Is the coordinate system or its central meridian wrong? Where codes and borders are both right, say --anywhere. %(rows)s"
        ),
    ),
    "place_other": (WARNING, N_("By the code this is in %(province)s, by the border it is not, as was said: %(rows)s")),
    "code_twice": (ERROR, N_("The code %(code)s stands more than once: %(rows)s")),
    "tier_missing": (ERROR, N_("There is no %(tier)s in the delivery.")),
    "villages_missing": (WARNING, N_("There is no village in the delivery.")),
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
        NOTE,
        N_(
            "Borders in %(parent)s do not match exactly: %(count)s places, none wider than %(width)s m, between any two of them less than %(most)s m², %(area)s m² in all: %(rows)s"
        ),
    ),
    "exclave": (
        NOTE,
        N_(
            "Lies apart: parts of it (%(count)s, %(area)s m² in all) are up to %(distance)s m away from the largest: %(rows)s"
        ),
    ),
    "multipart": (NOTE, N_("Consists of several parts that lie near each other: %(rows)s")),
    # the delivery against the borders in force
    "shift_system": (
        ERROR,
        N_(
            "The borders lie %(distance)s m beside those in force, as they would if they were in %(system)s. Bring them in again with this coordinate system. %(rows)s"
        ),
    ),
    "shift_undone": (
        WARNING,
        N_(
            "The borders lie %(distance)s m beside those in force, as if %(system)s had been taken away from borders that were not in it. Either the coordinate system that was chosen is wrong, or the borders in force are. %(rows)s"
        ),
    ),
    "shift": (
        WARNING,
        N_(
            "All borders lie %(distance)s m beside those in force, to the same side (%(east)s m to the east, %(north)s m to the north). Is this the same coordinate system? %(rows)s"
        ),
    ),
    "area_changed": (WARNING, N_("The area changes from %(before)s to %(after)s km²: %(rows)s")),
}

TIER_NAMES = {1: N_("county"), 2: N_("township"), 3: N_("village")}
